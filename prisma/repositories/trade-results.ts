import type { ExitReason } from '#domain/barriers.ts';
import type { EndedTrade, Released, ResultLimit, Results } from '#domain/brakes/judge-results.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { ms } from './rows.ts';

/** Whose results: of one deployment, or with null of all together. */
export interface ResultsOf {
  deploymentId: string | null;
}

/** Most ended trades that are looked at, the newest. */
const MOST = 10_000;

/** Returns what trades have come to that ended from a time on, epoch ms. */
export async function readResults(
  db: DatabaseOrTransaction,
  of: ResultsOf & { from: number },
): Promise<Results> {
  const [ended, openUsd, released] = await Promise.all([
    listEnded(db, of),
    readOpenProfit(db, of),
    lastReleases(db, of),
  ]);
  return { ended, openUsd, released };
}

async function listEnded(
  db: DatabaseOrTransaction,
  { deploymentId, from }: ResultsOf & { from: number },
): Promise<EndedTrade[]> {
  const rows = await db.$queryRaw<{ at: Date; net: string; reason: ExitReason | null }[]>`
    SELECT closed_at AS at, trim_scale(net_pnl_usd)::text AS net, exit_reason::text AS reason FROM trade
    WHERE phase = 'closed' AND net_pnl_usd IS NOT NULL AND closed_at >= ${new Date(from)} ${ownOnly(deploymentId)}
    ORDER BY closed_at DESC LIMIT ${MOST}`;
  return rows
    .toReversed()
    .map(({ at, net, reason }) => ({ endedAt: ms(at), netPnlUsd: net, exitReason: reason }));
}

/** Returns the profit of open positions at the last prices seen, in USD. */
export async function readOpenProfit(
  db: DatabaseOrTransaction,
  { deploymentId }: ResultsOf,
): Promise<DecimalString> {
  const [row] = await db.$queryRaw<{ usd: string }[]>`
    SELECT trim_scale(COALESCE(sum(CASE side WHEN 'long' THEN 1 ELSE -1 END * remaining_size * (last.close - entry_price)),
      0))::text AS usd
    FROM trade CROSS JOIN LATERAL (
      SELECT close FROM price_bar WHERE price_bar.venue = trade.venue AND price_bar.symbol = trade.symbol
      ORDER BY opened_at DESC LIMIT 1
    ) AS last
    WHERE phase IN ('open', 'closing') ${ownOnly(deploymentId)}`;
  return row?.usd ?? '0';
}

/** Returns where a person released the brake of a limit last. */
async function lastReleases(
  db: DatabaseOrTransaction,
  { deploymentId }: ResultsOf,
): Promise<Results['released']> {
  const rows = await db.$queryRaw<{ code: ResultLimit; at: Date; usd: string }[]>`
    SELECT DISTINCT ON (code) code, released_at AS at, trim_scale(COALESCE(released_at_usd, 0))::text AS usd
    FROM entry_brake
    WHERE released_by IS NOT NULL AND scope IN ('deployment', 'system')
      AND deployment_id IS NOT DISTINCT FROM ${deploymentId}::uuid
    ORDER BY code, released_at DESC`;
  const released: Partial<Record<ResultLimit, Released>> = {};
  for (const { code, at, usd } of rows) released[code] = { at: ms(at), openUsd: usd };
  return released;
}

const ownOnly = (deploymentId: string | null): Prisma.Sql =>
  deploymentId === null ? Prisma.empty : Prisma.sql`AND deployment_id = ${deploymentId}::uuid`;
