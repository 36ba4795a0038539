import type { DatabaseOrTransaction } from '../client.ts';
import { LIVE } from './phase-lists.ts';

/** How much there is of everything. */
export interface Counts {
  agents: number;
  published: number;
  deployments: number;
  wallets: number;
  sources: number;
  liveTrades: number;
  /** Trades whose hours are not written yet. */
  waiting: number;
}

/** Counts what is not archived. */
export async function countEverything(db: DatabaseOrTransaction): Promise<Counts> {
  const [row] = await db.$queryRaw<Counts[]>`
    SELECT (SELECT count(*)::int FROM agent WHERE status <> 'archived') AS agents,
      (SELECT count(*)::int FROM agent WHERE status <> 'archived' AND is_published) AS published,
      (SELECT count(*)::int FROM agent_deployment WHERE status <> 'archived') AS deployments,
      (SELECT count(DISTINCT wallet_address)::int FROM agent_deployment WHERE status <> 'archived') AS wallets,
      (SELECT count(*)::int FROM source_account WHERE status <> 'archived') AS sources,
      (SELECT count(*)::int FROM trade WHERE phase IN ${LIVE}) AS "liveTrades",
      (SELECT count(*)::int FROM trade_change) AS waiting`;
  if (!row) throw new Error('the database counted nothing');
  return row;
}

/** How many trades went to each venue, and how long their routing took. */
export interface RoutedDay {
  /** `2026-11-27` (UTC). */
  day: string;
  /** Null where no venue took the trade. */
  venue: string | null;
  trades: number;
  medianMs: number;
}

/** Returns the routing decisions since `from` (epoch ms) by day and venue, oldest first. */
export const listRoutedDays = (db: DatabaseOrTransaction, from: number): Promise<RoutedDay[]> =>
  db.$queryRaw<RoutedDay[]>`
    SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, venue::text, count(*)::int AS trades,
      (percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms))::float8 AS "medianMs"
    FROM routing_decision WHERE created_at >= ${new Date(from)} GROUP BY 1, 2 ORDER BY 1, 2`;
