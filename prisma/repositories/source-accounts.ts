import type { LifeStatus, SourceKind } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { msOrNull } from './rows.ts';

export interface SourceAccountRow {
  id: string;
  kind: SourceKind;
  handle: string;
  status: LifeStatus;
  /** Opaque; null before the first poll. */
  cursor: unknown;
  polledAt: number | null;
}

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

/** The source, or null when there is none with this id. */
export async function readSourceAccount(
  db: DatabaseOrTransaction,
  id: string,
): Promise<SourceAccountRow | null> {
  const row = await db.sourceAccount.findUnique({ where: { id }, omit: { createdAt: true } });
  return row && { ...row, polledAt: msOrNull(row.polledAt) };
}

/** Every source that is read, in the order they were added. */
export const listActiveSources = (
  db: DatabaseOrTransaction,
): Promise<{ id: string; kind: SourceKind; handle: string }[]> =>
  db.sourceAccount.findMany({
    where: { status: 'active' },
    orderBy: { id: 'asc' },
    select: { id: true, kind: true, handle: true },
  });

/** Notes where the next poll goes on. */
export async function storeCursor(
  db: DatabaseOrTransaction,
  id: string,
  { cursor, polledAt }: { cursor: unknown; polledAt: number },
): Promise<void> {
  const position = cursor === null ? {} : { cursor: fromJson<Prisma.InputJsonValue>(cursor) };
  await db.sourceAccount.update({ where: { id }, data: { ...position, polledAt: new Date(polledAt) } });
}

/** Archives every file source whose handle contains `part`; returns the ids of those that were active. */
export async function archiveFileSources(db: DatabaseOrTransaction, part: string): Promise<string[]> {
  const rows = await db.sourceAccount.updateManyAndReturn({
    where: { kind: 'file', status: 'active', handle: { contains: part } },
    data: { status: 'archived' },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
