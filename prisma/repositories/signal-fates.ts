import type { SignalFate } from '#domain/signal-outcome.ts';
import type { TradePhase } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import type { OfUser } from './visible-rows.ts';

/** The phases of a signal's trades, and the codes for which it was skipped; each once. */
export type TradesOfSignal = Pick<SignalFate, 'phases' | 'codes'>;

const NONE: TradesOfSignal = { phases: [], codes: [] };

/** Returns what became of the trades of some signals, by signal: of a user's trades, or of all. */
export async function readFates(
  db: DatabaseOrTransaction,
  signalIds: readonly string[],
  { ofUser }: OfUser = {},
): Promise<(signalId: string) => TradesOfSignal> {
  if (signalIds.length === 0) return () => NONE;
  const own =
    ofUser === undefined
      ? Prisma.sql`true`
      : Prisma.sql`deployment_id IN (SELECT id FROM agent_deployment WHERE user_id = ${ofUser}::uuid)`;
  const rows = await db.$queryRaw<{ signalId: string; phases: TradePhase[]; codes: string[] }[]>`
    SELECT wanted.id::text AS "signalId",
      ARRAY(SELECT DISTINCT phase::text FROM trade WHERE signal_id = wanted.id AND ${own}) AS phases,
      ARRAY(SELECT refusal_code FROM trade WHERE signal_id = wanted.id AND refusal_code IS NOT NULL AND ${own}
        UNION SELECT code FROM skipped_signal WHERE signal_id = wanted.id AND (deployment_id IS NULL OR ${own})) AS codes
    FROM unnest(${signalIds}::uuid[]) AS wanted(id)`;
  const fates = new Map(rows.map(({ signalId, ...fate }) => [signalId, fate]));
  return (signalId) => fates.get(signalId) ?? NONE;
}
