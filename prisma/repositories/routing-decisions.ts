import type { Side, TradeId, VenueName } from '#domain/ids.ts';
import type { RoutingMode, RoutingOutcome, VenueCost, VenueRefusal } from '#domain/routing.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { ms, timeOrderedId } from './rows.ts';
import { deploymentOf, type OfUser } from './visible-rows.ts';

/**
 * Returns a part of a statement that writes how trades were routed, in the place of an earlier decision. `trades` is a
 * query or table whose column `id` holds the trades.
 */
export const insertDecision = (
  trades: Prisma.Sql,
  { venue, mode, refusals, costs, durationMs }: RoutingOutcome,
): Prisma.Sql => Prisma.sql`
  INSERT INTO routing_decision AS decision (id, trade_id, venue, mode, refusals, costs, duration_ms)
  SELECT ${timeOrderedId(Date.now())}::uuid, routed.id, ${venue}::venue_name, ${mode},
    ${JSON.stringify(refusals)}::jsonb, ${JSON.stringify(costs)}::jsonb, ${durationMs}::float8
  FROM ${trades} AS routed
  ON CONFLICT (trade_id) DO UPDATE SET venue = excluded.venue, mode = excluded.mode,
    refusals = excluded.refusals, costs = excluded.costs, duration_ms = excluded.duration_ms`;

/**
 * Writes how a trade was routed, in the place of an earlier decision. Once the trade is planned at a venue, a decision
 * for another venue changes nothing.
 */
export async function saveDecision(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  outcome: RoutingOutcome,
): Promise<void> {
  await db.$executeRaw`
    ${insertDecision(Prisma.sql`(SELECT ${tradeId}::uuid AS id)`, outcome)}
    WHERE EXISTS (SELECT FROM trade WHERE trade.id = decision.trade_id
      AND (trade.phase = 'routing' OR trade.venue IS NOT DISTINCT FROM excluded.venue))`;
}

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

export interface RoutingDecisionFilter extends OfUser {
  limit: number;
  /** The id of the last decision of the page before. */
  after?: string;
  agentId?: string;
}

/** Decisions, newest first. */
export async function listRoutingDecisions(
  db: DatabaseOrTransaction,
  { limit, after, agentId, ofUser }: RoutingDecisionFilter,
): Promise<RoutingDecisionView[]> {
  const rows = await db.routingDecision.findMany({
    where: {
      ...(after === undefined ? {} : { id: { lt: after } }),
      trade: { deployment: { ...(agentId !== undefined && { agentId }), ...deploymentOf({ ofUser }) } },
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
  /** Number of trades that went to each venue; null counts the trades that no venue took. */
  chosen: { venue: VenueName | null; count: number }[];
  /** How often each venue refused, by reason; the most frequent first. */
  refusals: { venue: VenueName; code: string; count: number }[];
  /** Null without decisions. */
  durationMs: { p50: number; p99: number } | null;
}

/** Counts the decisions of an agent, or of all, since `sinceMs`. */
export async function summariseRouting(
  db: DatabaseOrTransaction,
  { agentId, sinceMs, ofUser }: { agentId?: string; sinceMs: number } & OfUser,
): Promise<RoutingSummary> {
  const since = Prisma.sql`FROM "routing_decision" d
    JOIN "trade" t ON t."id" = d."trade_id" JOIN "agent_deployment" a ON a."id" = t."deployment_id"
    WHERE d."created_at" >= ${new Date(sinceMs)}
    ${agentId === undefined ? Prisma.empty : Prisma.sql`AND a."agent_id" = ${agentId}::uuid`}
    ${ofUser === undefined ? Prisma.empty : Prisma.sql`AND a."user_id" = ${ofUser}::uuid`}`;
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
