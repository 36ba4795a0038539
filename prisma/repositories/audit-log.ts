import type { DatabaseOrTransaction } from '../client.ts';
import { asJson } from './json.ts';

/** A change somebody made to something that matters. */
export interface AuditEntry {
  /** Who: `owner (key local)`, `system`. */
  actor: string;
  /** What was done, as noun.verb: `trade.close`. */
  action: string;
  /** What it was done to, as noun/id: `trade/0190...`. */
  subject: string;
  before?: object;
  after?: object;
}

/** Writes the change down. Pass the transaction of the change itself, so that neither stands without the other. */
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
