import type { DayProfit } from '#domain/metrics/day-results.ts';
import type { MoneySums } from '#domain/metrics/performance.ts';
import type { TradeSums } from '#domain/metrics/trade-sums.ts';
import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { ms } from './rows.ts';

/** Which hours are summed; a part that is left out restricts nothing. Times in epoch ms. */
export interface HourFilter {
  from?: number;
  /** The first hour that is not summed. */
  to?: number;
  agentIds?: readonly string[];
  deploymentId?: string;
  venue?: VenueName;
  symbol?: string;
  /** Of this user's deployments; all when left out. */
  ofUser?: string;
}

/** By what hours are summed. */
export const SUM_GROUPS = ['all', 'day', 'week', 'month', 'agent', 'venue', 'source', 'instrument'] as const;
export type SumGroup = (typeof SUM_GROUPS)[number];

/** Sums of a group of hours. */
export interface GroupSums {
  /** A day as `2026-11-27`, a name, or `by hand` where no source was traded. */
  key: string;
  money: MoneySums;
  trades: TradeSums;
}

const GROUPS: Record<SumGroup, Prisma.Sql> = {
  all: Prisma.sql`'all'`,
  day: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM-DD')`,
  week: Prisma.sql`to_char(date_trunc('week', hour AT TIME ZONE 'UTC'), 'YYYY-MM-DD')`,
  month: Prisma.sql`to_char(hour AT TIME ZONE 'UTC', 'YYYY-MM')`,
  agent: Prisma.sql`(SELECT name FROM agent WHERE agent.id = agent_id)`,
  venue: Prisma.sql`venue::text`,
  source: Prisma.sql`COALESCE(
    (SELECT kind::text || ':' || handle FROM source_account WHERE source_account.id = source_account_id), 'by hand')`,
  instrument: Prisma.sql`symbol`,
};

/** Most groups that are returned: the newest days, or the first names. */
export const MAX_GROUPS = 1_000;

/** Returns the sums of hours by group, in the order of the keys; no hours are no groups. */
export async function sumHours(
  db: DatabaseOrTransaction,
  filter: HourFilter,
  by: SumGroup,
): Promise<GroupSums[]> {
  const key = GROUPS[by];
  const rows = await db.$queryRaw<SumRow[]>`
    SELECT ${key} AS key, ${SUMS} FROM trade_hour WHERE ${where(filter)}
    GROUP BY 1 ORDER BY 1 DESC LIMIT ${MAX_GROUPS}`;
  return rows.toReversed().map(toGroup);
}

/** Returns the sums of hours by agent. */
export async function sumByAgent(
  db: DatabaseOrTransaction,
  filter: HourFilter & { agentIds: readonly string[] },
): Promise<GroupSums[]> {
  const rows = await db.$queryRaw<SumRow[]>`
    SELECT agent_id::text AS key, ${SUMS} FROM trade_hour WHERE ${where(filter)} GROUP BY 1`;
  return rows.map(toGroup);
}

/** Net profit of an agent at a venue on a day. */
export interface AgentDay extends DayProfit {
  agentId: string;
  venue: VenueName;
}

/** Returns the net profit of agents by venue and day, oldest first; quiet days are left out. */
export async function listAgentDays(
  db: DatabaseOrTransaction,
  agentIds: readonly string[],
): Promise<AgentDay[]> {
  const rows = await db.$queryRaw<(Omit<AgentDay, 'day'> & { day: Date })[]>`
    SELECT agent_id::text AS "agentId", venue::text, date_trunc('day', hour, 'UTC') AS day,
      trim_scale(sum(net_usd))::text AS "netUsd"
    FROM trade_hour WHERE agent_id = ANY(${agentIds}::uuid[]) GROUP BY 1, 2, 3 ORDER BY 3`;
  return rows.map((row) => ({ ...row, day: ms(row.day) }));
}

/** Returns how many trades ended by each reason, most first. */
export async function countExits(
  db: DatabaseOrTransaction,
  filter: HourFilter,
): Promise<{ reason: string; trades: number }[]> {
  return db.$queryRaw`
    SELECT exit_reason::text AS reason, count(*)::int AS trades FROM trade_hour
    WHERE ${where(filter)} AND exit_reason IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1`;
}

const where = ({ from, to, agentIds, deploymentId, venue, symbol, ofUser }: HourFilter): Prisma.Sql =>
  Prisma.join(
    [
      Prisma.sql`true`,
      ...(from === undefined ? [] : [Prisma.sql`hour >= ${new Date(from)}`]),
      ...(to === undefined ? [] : [Prisma.sql`hour < ${new Date(to)}`]),
      ...(agentIds === undefined ? [] : [Prisma.sql`agent_id = ANY(${agentIds}::uuid[])`]),
      ...(deploymentId === undefined ? [] : [Prisma.sql`deployment_id = ${deploymentId}::uuid`]),
      ...(venue === undefined ? [] : [Prisma.sql`venue = ${venue}::venue_name`]),
      ...(symbol === undefined ? [] : [Prisma.sql`symbol = ${symbol}`]),
      ...(ofUser === undefined
        ? []
        : [Prisma.sql`deployment_id IN (SELECT id FROM agent_deployment WHERE user_id = ${ofUser}::uuid)`]),
    ],
    ' AND ',
  );

const SUMS = Prisma.sql`
  trim_scale(sum(gross_usd))::text AS "grossUsd", trim_scale(sum(fees_usd))::text AS "feesUsd",
  trim_scale(sum(funding_usd))::text AS "fundingUsd", trim_scale(sum(net_usd))::text AS "netUsd",
  trim_scale(sum(volume_usd))::text AS "volumeUsd", count(result_usd)::int AS closed,
  count(*) FILTER (WHERE result_usd > 0)::int AS won,
  trim_scale(COALESCE(sum(result_usd) FILTER (WHERE result_usd > 0), 0))::text AS "profitUsd",
  trim_scale(COALESCE(-sum(result_usd) FILTER (WHERE result_usd < 0), 0))::text AS "lossUsd",
  trim_scale(max(result_usd))::text AS "bestUsd", trim_scale(min(result_usd))::text AS "worstUsd",
  COALESCE(sum(r), 0)::float8 AS r, count(r)::int AS "rCount", COALESCE(sum(hold_ms), 0)::float8 AS "holdMs",
  COALESCE(sum(unprotected_ms), 0)::float8 AS "unprotectedMs", COALESCE(sum(call_bps), 0)::float8 AS "callBps",
  count(call_bps)::int AS "callCount", COALESCE(sum(decision_bps), 0)::float8 AS "decisionBps",
  count(decision_bps)::int AS "decisionCount", COALESCE(sum(latency_ms), 0)::float8 AS "latencyMs",
  count(latency_ms)::int AS "latencyCount"`;

type SumRow = MoneySums & TradeSums & { key: string };

function toGroup({ key, grossUsd, feesUsd, fundingUsd, netUsd, volumeUsd, ...trades }: SumRow): GroupSums {
  return { key, money: { grossUsd, feesUsd, fundingUsd, netUsd, volumeUsd }, trades };
}

/** A closed trade of an agent on a call of a source. */
export interface TradeOfSource {
  kind: string;
  handle: string;
  /** Of the signal, weights included. */
  confidence: number;
  netUsd: string;
}

/** Returns the closed trades of an agent on calls of its sources since `from`, epoch ms; the newest 10,000. */
export const listTradesOfSources = (
  db: DatabaseOrTransaction,
  agentId: string,
  from: number,
): Promise<TradeOfSource[]> =>
  db.$queryRaw<TradeOfSource[]>`
    SELECT kind::text, handle, signal.confidence, trim_scale(result_usd)::text AS "netUsd"
    FROM trade_hour JOIN trade ON trade.id = trade_id JOIN signal ON signal.id = trade.signal_id
      JOIN source_account ON source_account.id = source_account_id
    WHERE trade_hour.agent_id = ${agentId}::uuid AND hour >= ${new Date(from)} AND result_usd IS NOT NULL
    ORDER BY hour DESC LIMIT 10000`;
