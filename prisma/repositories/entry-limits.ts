import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import { asPlainJson, fromJson } from './json.ts';

/** Limits to be changed: null takes one away, what is left out stays as it is. */
export type LimitsChange = { [Name in keyof EntryLimits]?: EntryLimits[Name] | null | undefined };

/** Returns the limits after a change. */
export const changed = (before: EntryLimits, change: LimitsChange): EntryLimits =>
  Object.fromEntries(
    Object.entries({ ...before, ...asPlainJson(change) }).filter(([, value]) => value !== null),
  );

/** Returns the limits of all deployments together. */
export async function readSystemLimits(db: DatabaseOrTransaction): Promise<EntryLimits> {
  const row = await db.systemLimits.findUnique({ where: { id: 1 } });
  return row ? fromJson<EntryLimits>(row.entryLimits) : {};
}

/** Changes the limits of all deployments together, and returns them as they were and are. */
export async function changeSystemLimits(
  tx: Transaction,
  change: LimitsChange,
): Promise<{ before: EntryLimits; after: EntryLimits }> {
  await tx.systemLimits.createMany({ data: [{ id: 1, entryLimits: {} }], skipDuplicates: true });
  await tx.$queryRaw`SELECT id FROM system_limits FOR UPDATE`;
  const before = await readSystemLimits(tx);
  const after = changed(before, change);
  await tx.systemLimits.update({ where: { id: 1 }, data: { entryLimits: asPlainJson(after) } });
  return { before, after };
}
