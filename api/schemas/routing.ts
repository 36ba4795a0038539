import { z } from 'zod';
import { ROUTING_MODES } from '#domain/routing.ts';
import { epochMs, id, pageOf, pageQuery, side, venueName } from './common.ts';

const mode = z.enum(ROUTING_MODES).meta({
  description: '`priority`: the first venue that can take the trade. `best`: the one where it costs least.',
});
export const venueOrder = z
  .array(venueName)
  .min(1)
  .refine((venues) => new Set(venues).size === venues.length, 'must name each venue once');

/** The agent whose rules are meant; without one, the rules of all agents. */
export const rulesQuery = z.object({ agentId: id.optional() });
export const rulesReset = z.strictObject({ agentId: id.optional() });

/** Changed rules; a missing field stays as it is. */
export const rulesInput = z
  .strictObject({ agentId: id.optional(), mode: mode.optional(), venues: venueOrder.optional() })
  .refine((rules) => rules.mode !== undefined || rules.venues !== undefined, 'must set mode, venues or both');

export const routingRules = z
  .object({
    agentId: id.nullable(),
    mode,
    venues: z.array(venueName).meta({ description: 'asked in this order' }),
    from: z.enum(['agent', 'preference', 'everybody', 'built-in']).meta({
      description: 'where the rules were found: those of an agent go before everybody’s',
    }),
  })
  .meta({ id: 'RoutingRules' });
export type RoutingRules = z.output<typeof routingRules>;

const venueRefusal = z.object({ venue: venueName, code: z.string(), text: z.string() });
const tradingCost = z
  .object({
    spreadBps: z.number(),
    feeBps: z.number(),
    holdingBps: z.number(),
    totalBps: z.number(),
  })
  .meta({ description: 'expected cost from entry to exit, in basis points of the value' });

export const routingDecision = z
  .object({
    id,
    tradeId: id,
    signalId: id,
    agentId: id,
    agentName: z.string(),
    symbol: z.string(),
    side,
    /** Null when no venue took the signal. */
    venue: venueName.nullable(),
    mode,
    refusals: z.array(venueRefusal),
    costs: z.array(z.object({ venue: venueName, cost: tradingCost.nullable() })),
    durationMs: z.number(),
    createdAt: epochMs,
  })
  .meta({ id: 'RoutingDecision' });
export type RoutingDecision = z.output<typeof routingDecision>;

export const decisionPage = pageOf(routingDecision);
export const decisionQuery = pageQuery.extend({ agentId: id.optional() });

export const summaryQuery = z.object({
  agentId: id.optional(),
  days: z.coerce.number().int().min(1).max(365).default(30),
});
export const routingSummary = z
  .object({
    sinceMs: epochMs,
    decisions: z.number().int(),
    chosen: z.array(z.object({ venue: venueName.nullable(), count: z.number().int() })),
    refusals: z.array(z.object({ venue: venueName, code: z.string(), count: z.number().int() })),
    durationMs: z.object({ p50: z.number(), p99: z.number() }).nullable(),
  })
  .meta({ id: 'RoutingSummary' });
export type RoutingSummary = z.output<typeof routingSummary>;
