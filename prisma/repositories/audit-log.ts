import type { DatabaseOrTransaction } from '../client.ts';
import { asJson } from './json.ts';
import { ms } from './rows.ts';

/** A change that a person or a service made. */
export interface AuditEntry {
  /** Who: `owner (key local)`, `system`. */
  actor: string;
  /** Kind of change, as noun.verb: `trade.close`. */
  action: string;
  /** The changed thing, as noun/id: `trade/0190...`. */
  subject: string;
  before?: object;
  after?: object;
}

/** Records a change. The caller passes the transaction of the change, so that both are committed or neither. */
export async function recordChange(db: DatabaseOrTransaction, entry: AuditEntry): Promise<void> {
  const { actor, action, subject, before, after } = entry;
  await db.auditLog.create({
    data: {
      actor,
      action,
      subject,
      ...(before !== undefined && { before: asJson(before) }),
      ...(after !== undefined && { after: asJson(after) }),
    },
  });
}

/** A change in the log. */
export interface AuditRecord {
  actor: string;
  action: string;
  subject: string;
  before: unknown;
  after: unknown;
  at: number;
}

export interface AuditFilter {
  limit: number;
  /** The id of the last entry of the page before. */
  after?: string;
  actor?: string;
  subject?: string;
}

/** Returns changes with their actors and times, newest first. */
export async function listChanges(
  db: DatabaseOrTransaction,
  { limit, after, ...where }: AuditFilter,
): Promise<(AuditRecord & { id: string })[]> {
  const rows = await db.auditLog.findMany({
    where: { ...where, ...(after === undefined ? {} : { id: { lt: BigInt(after) } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ id, at, ...row }) => ({ ...row, id: String(id), at: ms(at) }));
}

/** Returns the changes of one actor, newest first. */
export async function listChangesBy(
  db: DatabaseOrTransaction,
  actor: string,
  limit: number,
): Promise<AuditRecord[]> {
  const rows = await db.auditLog.findMany({ where: { actor }, orderBy: { id: 'desc' }, take: limit });
  return rows.map(({ at, ...row }) => ({
    actor: row.actor,
    action: row.action,
    subject: row.subject,
    before: row.before,
    after: row.after,
    at: ms(at),
  }));
}
