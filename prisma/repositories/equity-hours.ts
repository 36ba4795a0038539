import type { AccountId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DayReading } from '#domain/metrics/day-results.ts';
import { DAY_MS, startOfHour } from '#domain/metrics/windows.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms } from './rows.ts';

/** A reading of an account at its venue. */
export interface EquityReading {
  venue: VenueName;
  accountId: AccountId;
  /** Epoch ms. */
  at: number;
  equityUsd: DecimalString;
}

/** Stores the first reading of an account in an hour; later ones change nothing. */
export async function saveEquity(
  db: DatabaseOrTransaction,
  { venue, accountId, at, equityUsd }: EquityReading,
): Promise<void> {
  const row = { venue, accountId, hour: new Date(startOfHour(at)), readAt: new Date(at), equityUsd };
  await db.equityHour.createMany({ data: [row], skipDuplicates: true });
}

/**
 * Deletes all but the first reading of each day (UTC) in the week before `before`, epoch ms; what is older has been
 * thinned out by then. Returns how many.
 */
export const thinEquity = (db: DatabaseOrTransaction, before: number): Promise<number> =>
  db.$executeRaw`
    DELETE FROM equity_hour AS later
    WHERE hour < ${new Date(before)} AND hour >= ${new Date(before - THINNED_AT_ONCE_MS)} AND EXISTS (
      SELECT FROM equity_hour AS earlier
      WHERE earlier.venue = later.venue AND earlier.account_id = later.account_id AND earlier.hour < later.hour
        AND earlier.hour >= date_trunc('day', later.hour, 'UTC'))`;

const THINNED_AT_ONCE_MS = 7 * DAY_MS;

/** The first reading of an account on a day, for an agent that trades in it. */
export interface AgentReading extends DayReading {
  agentId: string;
  venue: VenueName;
}

/** Returns the first reading of each day of every account that the agents trade in, in the order of days. */
export async function listDayEquity(
  db: DatabaseOrTransaction,
  agentIds: readonly string[],
): Promise<AgentReading[]> {
  const rows = await db.$queryRaw<(Omit<AgentReading, 'day'> & { day: Date })[]>`
    SELECT DISTINCT ON (day, trader.agent_id, venue, account_id) date_trunc('day', hour, 'UTC') AS day,
      trader.agent_id::text AS "agentId", venue::text, venue::text || '/' || account_id AS account,
      trim_scale(equity_usd)::text AS "equityUsd"
    FROM (
      SELECT DISTINCT agent_id, wallet_address FROM agent_deployment WHERE agent_id = ANY(${agentIds}::uuid[])
    ) AS trader JOIN equity_hour ON account_id = trader.wallet_address AND venue = ANY(enum_range(NULL::venue_name))
    ORDER BY day, trader.agent_id, venue, account_id, hour`;
  return rows.map((row) => ({ ...row, day: ms(row.day) }));
}

/** Returns what the accounts of an agent were worth at their last readings together, in USD; null without one. */
export async function readAgentEquity(
  db: DatabaseOrTransaction,
  agentId: string,
): Promise<DecimalString | null> {
  const [row] = await db.$queryRaw<{ equityUsd: DecimalString | null }[]>`
    SELECT trim_scale(sum(last.equity_usd))::text AS "equityUsd"
    FROM (SELECT DISTINCT wallet_address FROM agent_deployment WHERE agent_id = ${agentId}::uuid) AS trader
      CROSS JOIN unnest(enum_range(NULL::venue_name)) AS known(venue)
      JOIN LATERAL (
        SELECT equity_usd FROM equity_hour WHERE equity_hour.venue = known.venue AND account_id = trader.wallet_address
        ORDER BY hour DESC LIMIT 1
      ) AS last ON true`;
  return row?.equityUsd ?? null;
}
