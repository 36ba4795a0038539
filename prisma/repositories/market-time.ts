import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { EXPOSED } from './phase-lists.ts';

/** Whose trades: of an agent, or of everybody. */
export interface TradeScope {
  agentId?: string;
}

const scoped = ({ agentId }: TradeScope): Prisma.Sql =>
  agentId === undefined
    ? Prisma.sql`NOT trade.is_adopted`
    : Prisma.sql`NOT trade.is_adopted AND deployment_id IN (
        SELECT id FROM agent_deployment WHERE agent_id = ${agentId}::uuid)`;

/** How long positions were open between two times, and their value averaged over it. */
export interface MarketTime {
  /** Length of the union of the times in which trades were open, over the length of the window, 0 to 1. */
  timeInMarket: number;
  exposureUsd: DecimalString;
}

/** Returns the time in the market from `from` until `to`, epoch ms. */
export async function readMarketTime(
  db: DatabaseOrTransaction,
  scope: TradeScope,
  { from, to }: { from: number; to: number },
): Promise<MarketTime> {
  const [start, end] = [new Date(from), new Date(to)];
  const [row] = await db.$queryRaw<MarketTime[]>`
    WITH held AS (
      SELECT tstzrange(GREATEST(opened_at, ${start}), LEAST(COALESCE(closed_at, ${end}), ${end})) AS during,
        entry_price * entry_size AS value
      FROM trade
      WHERE ${scoped(scope)} AND opened_at < ${end} AND COALESCE(closed_at, ${end}) > GREATEST(opened_at, ${start})
        AND phase <> 'skipped'
    ), lengths AS (
      SELECT extract(epoch FROM ${end}::timestamptz - ${start}::timestamptz) AS whole,
        (SELECT sum(extract(epoch FROM upper(part) - lower(part)))
         FROM (SELECT unnest(range_agg(during)) AS part FROM held) AS parts) AS held
    )
    SELECT COALESCE(lengths.held / lengths.whole, 0)::float8 AS "timeInMarket",
      trim_scale(round(COALESCE((
        SELECT sum(value * extract(epoch FROM upper(during) - lower(during))) FROM held) / lengths.whole, 0), 12))::text
        AS "exposureUsd"
    FROM lengths`;
  return row ?? { timeInMarket: 0, exposureUsd: '0' };
}

/** Open positions now. */
export interface OpenTrades {
  openTrades: number;
  /** Null while no price of an open position is known. */
  unrealizedUsd: DecimalString | null;
}

/** Returns the number of open trades, and their profit at the newest price that the watcher has seen. */
export async function readOpenTrades(db: DatabaseOrTransaction, scope: TradeScope): Promise<OpenTrades> {
  const [row] = await db.$queryRaw<OpenTrades[]>`
    SELECT count(*)::int AS "openTrades",
      trim_scale(round(COALESCE(sum((last.close - entry_price) * remaining_size
        * CASE side WHEN 'long' THEN 1 ELSE -1 END), CASE WHEN count(*) = 0 THEN 0 END), 12))::text AS "unrealizedUsd"
    FROM trade LEFT JOIN LATERAL (
      SELECT close FROM price_bar WHERE price_bar.venue = trade.venue AND price_bar.symbol = trade.symbol
      ORDER BY opened_at DESC LIMIT 1
    ) AS last ON true
    WHERE ${scoped(scope)} AND phase IN ${EXPOSED} AND opened_at IS NOT NULL`;
  return row ?? { openTrades: 0, unrealizedUsd: '0' };
}
