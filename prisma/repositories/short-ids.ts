import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** Tables whose rows a person may name by a part of their id. */
export type NamedTable =
  | 'trade'
  | 'signal'
  | 'source_message'
  | 'agent'
  | 'agent_deployment'
  | 'source_account'
  | 'entry_brake';

/**
 * Returns ids of a table that end (or begin) with `part`, at most two: enough to tell one from several. Ends win over
 * beginnings, which rows made at one time share.
 */
export async function findIds(db: DatabaseOrTransaction, table: NamedTable, part: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string; ends: boolean }[]>`
    SELECT id::text, right(id::text, length(${part})) = ${part} AS ends FROM ${Prisma.raw(table)}
    WHERE right(id::text, length(${part})) = ${part} OR left(id::text, length(${part})) = ${part}
    ORDER BY ends DESC, id LIMIT 2`;
  const ending = rows.filter(({ ends }) => ends);
  return (ending.length > 0 ? ending : rows).map(({ id }) => id);
}
