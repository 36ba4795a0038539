import type { Side, VenueName } from '#domain/ids.ts';
import type { RoutingMode, VenueCost, VenueRefusal } from '#domain/routing.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { ms } from './rows.ts';

/** How a trade was routed, as lists show it. */
export interface RoutingDecisionView {
  id: string;
  tradeId: string;
  signalId: string;
  agentId: string;
  agentName: string;
  symbol: string;
  side: Side;
  /** Null when no venue took it. */
  venue: VenueName | null;
  mode: RoutingMode;
  refusals: VenueRefusal[];
  /** Only where costs decided. */
  costs: VenueCost[];
  durationMs: number;
  createdAt: number;
}

export interface RoutingDecisionFilter {
  limit: number;
  /** The id of the last decision of the page before. */
  after?: string;
  agentId?: string;
}

/** Decisions, newest first. */
export async function listRoutingDecisions(
  db: DatabaseOrTransaction,
  { limit, after, agentId }: RoutingDecisionFilter,
): Promise<RoutingDecisionView[]> {
  const rows = await db.routingDecision.findMany({
    where: {
      ...(after === undefined ? {} : { id: { lt: after } }),
      ...(agentId === undefined ? {} : { trade: { deployment: { agentId } } }),
    },
    include: {
      trade: {
        select: {
          signalId: true,
          symbol: true,
          side: true,
          deployment: { select: { agent: { select: { id: true, name: true } } } },
        },
      },
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ trade: { deployment, ...trade }, ...row }) => ({
    ...row,
    ...trade,
    agentId: deployment.agent.id,
    agentName: deployment.agent.name,
    mode: row.mode === 'best' ? 'best' : 'priority',
    refusals: fromJson<VenueRefusal[]>(row.refusals),
    costs: fromJson<VenueCost[]>(row.costs),
    createdAt: ms(row.createdAt),
  }));
}

/** How signals were routed since a moment. */
export interface RoutingSummary {
  decisions: number;
  /** Trades that went to each venue; null counts those that none took. */
  chosen: { venue: VenueName | null; count: number }[];
  /** How often each venue refused, by reason; the most frequent first. */
  refusals: { venue: VenueName; code: string; count: number }[];
  /** Null without decisions. */
  durationMs: { p50: number; p99: number } | null;
}

/** Counts the decisions of an agent, or of all, since `sinceMs`. */
export async function summariseRouting(
  db: DatabaseOrTransaction,
  { agentId, sinceMs }: { agentId?: string; sinceMs: number },
): Promise<RoutingSummary> {
  const since = Prisma.sql`FROM "routing_decision" d
    JOIN "trade" t ON t."id" = d."trade_id" JOIN "agent_deployment" a ON a."id" = t."deployment_id"
    WHERE d."created_at" >= ${new Date(sinceMs)}
    ${agentId === undefined ? Prisma.empty : Prisma.sql`AND a."agent_id" = ${agentId}::uuid`}`;
  const [chosen, refusals, [duration]] = await Promise.all([
    db.$queryRaw<RoutingSummary['chosen']>`
      SELECT d."venue"::text AS "venue", count(*)::int AS "count" ${since} GROUP BY 1 ORDER BY 2 DESC, 1`,
    db.$queryRaw<RoutingSummary['refusals']>`
      SELECT r."venue", r."code", count(*)::int AS "count"
      FROM (SELECT d."refusals" ${since}) AS decided,
        jsonb_to_recordset(decided."refusals") AS r("venue" text, "code" text)
      GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`,
    db.$queryRaw<{ p50: number | null; p99: number | null }[]>`
      SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d."duration_ms") AS "p50",
        percentile_cont(0.99) WITHIN GROUP (ORDER BY d."duration_ms") AS "p99" ${since}`,
  ]);
  const { p50, p99 } = duration ?? { p50: null, p99: null };
  return {
    decisions: chosen.reduce((total, { count }) => total + count, 0),
    chosen,
    refusals,
    durationMs: p50 === null || p99 === null ? null : { p50, p99 },
  };
}
