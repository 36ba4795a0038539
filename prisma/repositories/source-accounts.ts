import type { LifeStatus, SourceKind } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { asJson, fromJson } from './json.ts';
import { isUniqueViolation, ms, msOrNull } from './rows.ts';

/** A source as it is set up, and how its polls go. Its secret is never read here. */
export interface SourceRecord {
  id: string;
  kind: SourceKind;
  handle: string;
  /** What the source calls itself. */
  title: string | null;
  status: LifeStatus;
  options: Record<string, unknown>;
  hasSecret: boolean;
  /** Null leaves it to the kind. */
  periodMs: number | null;
  monthlyReads: number | null;
  polledAt: number | null;
  nextPollAt: number;
  failures: number;
  failingSince: number | null;
  lastError: string | null;
  /** Code of the refusal for which it is not polled until a person resumes it. */
  stopCode: string | null;
  /** How many agents listen to it, and names of the first ones. */
  agentCount: number;
  agents: string[];
  createdAt: number;
}

const COLUMNS = {
  id: true,
  kind: true,
  handle: true,
  title: true,
  status: true,
  options: true,
  sealKeyId: true,
  periodMs: true,
  monthlyReads: true,
  polledAt: true,
  nextPollAt: true,
  failures: true,
  failingSince: true,
  lastError: true,
  stopCode: true,
  createdAt: true,
  agents: { select: { agent: { select: { name: true } } }, take: 20 },
  _count: { select: { agents: true } },
} as const;
type Row = Prisma.SourceAccountGetPayload<{ select: typeof COLUMNS }>;

const toRecord = ({ sealKeyId, agents, _count, ...row }: Row): SourceRecord => ({
  ...row,
  options: fromJson<Record<string, unknown>>(row.options),
  hasSecret: sealKeyId !== null,
  polledAt: msOrNull(row.polledAt),
  nextPollAt: ms(row.nextPollAt),
  failingSince: msOrNull(row.failingSince),
  createdAt: ms(row.createdAt),
  agentCount: _count.agents,
  agents: agents.map(({ agent }) => agent.name).sort(),
});

/** The account with this kind and handle, made when there is none. */
export async function ensureSourceAccount(
  db: DatabaseOrTransaction,
  source: { kind: SourceKind; handle: string },
): Promise<{ id: string }> {
  return db.sourceAccount.upsert({
    where: { kind_handle: source },
    create: source,
    update: {},
    select: { id: true },
  });
}

/** What a person sets of a source. */
export interface SourceSettings {
  options: object;
  secret: { sealKeyId: string; sealed: Uint8Array<ArrayBuffer> } | null;
  periodMs: number | null;
  monthlyReads: number | null;
}

const toColumns = ({ options, secret, periodMs, monthlyReads }: Partial<SourceSettings>) => ({
  ...(options && { options: asJson(options) }),
  ...(secret !== undefined && {
    sealedSecret: secret?.sealed ?? null,
    sealKeyId: secret?.sealKeyId ?? null,
  }),
  ...(periodMs !== undefined && { periodMs }),
  ...(monthlyReads !== undefined && { monthlyReads }),
});

/** Stores a new source under the id given; null when there is one of its kind and handle that is not archived. */
export async function createSource(
  tx: DatabaseOrTransaction,
  { id, kind, handle, ...settings }: { id: string; kind: SourceKind; handle: string } & SourceSettings,
): Promise<SourceRecord | null> {
  try {
    const row = await tx.sourceAccount.create({
      data: { id, kind, handle, ...toColumns(settings) },
      select: COLUMNS,
    });
    return toRecord(row);
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

/** The source, or null. */
export async function findSource(db: DatabaseOrTransaction, id: string): Promise<SourceRecord | null> {
  const row = await db.sourceAccount.findUnique({ where: { id }, select: COLUMNS });
  return row && toRecord(row);
}

/** The source of a kind with this handle, or null. */
export async function findSourceByHandle(
  db: DatabaseOrTransaction,
  kind: SourceKind,
  handle: string,
): Promise<SourceRecord | null> {
  const row = await db.sourceAccount.findUnique({
    where: { kind_handle: { kind, handle } },
    select: COLUMNS,
  });
  return row && toRecord(row);
}

/** What a poll by hand starts from, with the sealed secret. */
export const readSealedSecret = async (
  db: DatabaseOrTransaction,
  id: string,
): Promise<SourceSettings['secret']> => {
  const row = await db.sourceAccount.findUnique({
    where: { id },
    select: { sealedSecret: true, sealKeyId: true },
  });
  return row?.sealedSecret && row.sealKeyId !== null
    ? { sealed: row.sealedSecret, sealKeyId: row.sealKeyId }
    : null;
};

export interface SourceFilter {
  limit: number;
  /** The id of the last row of the page before. */
  after?: string;
  kind?: SourceKind;
  status?: LifeStatus;
  /** True for those whose last poll failed, or that were stopped by a refusal. */
  failing?: boolean;
}

/** Sources, newest first; archived ones only where the status asks for them. */
export async function listSources(
  db: DatabaseOrTransaction,
  { limit, after, kind, status, failing }: SourceFilter,
): Promise<SourceRecord[]> {
  const rows = await db.sourceAccount.findMany({
    where: {
      ...(after !== undefined && { id: { lt: after } }),
      ...(kind && { kind }),
      status: status ?? { not: 'archived' },
      ...(failing === true && { failures: { gt: 0 } }),
      ...(failing === false && { failures: 0 }),
    },
    orderBy: { id: 'desc' },
    take: limit,
    select: COLUMNS,
  });
  return rows.map(toRecord);
}

/** Changes what is given. A source that was stopped or waits after failures is asked again at once. */
export async function changeSource(
  tx: DatabaseOrTransaction,
  id: string,
  change: Partial<SourceSettings> & { status?: LifeStatus },
  now: number,
): Promise<void> {
  const { status, ...settings } = change;
  await tx.sourceAccount.update({
    where: { id },
    data: {
      ...toColumns(settings),
      ...(status && { status }),
      stopCode: null,
      nextPollAt: new Date(now),
    },
  });
}

/** Has the sources of an agent read again that were archived. */
export async function reviveSources(tx: DatabaseOrTransaction, agentId: string): Promise<void> {
  await tx.sourceAccount.updateMany({
    where: { agents: { some: { agentId } }, status: 'archived' },
    data: { status: 'active' },
  });
}

/** Returns every source of these kinds that is read, in the order they were added. */
export const listActiveSources = (
  db: DatabaseOrTransaction,
  kinds: readonly SourceKind[],
): Promise<{ id: string; kind: SourceKind; handle: string }[]> =>
  db.sourceAccount.findMany({
    where: { kind: { in: [...kinds] }, status: 'active', stopCode: null },
    orderBy: { id: 'asc' },
    select: { id: true, kind: true, handle: true },
  });

/** Archives every file source whose handle contains `part`; returns how many were active. */
export async function archiveFileSources(db: DatabaseOrTransaction, part: string): Promise<number> {
  const { count } = await db.sourceAccount.updateMany({
    where: { kind: 'file', status: 'active', handle: { contains: part } },
    data: { status: 'archived' },
  });
  return count;
}

/** Counts secrets and hooks of sources, and addresses of channels, that are sealed with one of these keys. */
export async function countSecretsSealedWith(
  db: DatabaseOrTransaction,
  sealKeyIds: readonly string[],
): Promise<number> {
  const where = { sealKeyId: { in: [...sealKeyIds] } };
  const counts = await Promise.all([
    db.sourceAccount.count({ where }),
    db.sourceHook.count({ where }),
    db.notificationChannel.count({ where }),
  ]);
  return counts.reduce((all, count) => all + count, 0);
}
