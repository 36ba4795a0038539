import type { SourceKind } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';

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

/** Every source that is read, in the order they were added. */
export const listActiveSources = (
  db: DatabaseOrTransaction,
): Promise<{ id: string; kind: SourceKind; handle: string }[]> =>
  db.sourceAccount.findMany({
    where: { status: 'active' },
    orderBy: { id: 'asc' },
    select: { id: true, kind: true, handle: true },
  });

/** Archives every file source whose handle contains `part`; returns the ids of those that were active. */
export async function archiveFileSources(db: DatabaseOrTransaction, part: string): Promise<string[]> {
  const rows = await db.sourceAccount.updateManyAndReturn({
    where: { kind: 'file', status: 'active', handle: { contains: part } },
    data: { status: 'archived' },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
