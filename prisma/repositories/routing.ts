import type { VenueName } from '#domain/ids.ts';
import {
  DEFAULT_ROUTING_RULES,
  type RoutingMode,
  type RoutingOutcome,
  type RoutingRules,
} from '#domain/routing.ts';
import type { TradeId } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';

/**
 * The rules a trade of the agent is routed by: its own, else everybody's, else the built-in ones. An agent without
 * rules of its own may still prefer an order of venues, which goes before everybody's.
 */
export async function readRules(
  db: DatabaseOrTransaction,
  agent: { id: string; venuePreference: readonly VenueName[] },
): Promise<RoutingRules> {
  const configs = await db.routingConfig.findMany({
    where: { OR: [{ agentId: agent.id }, { agentId: null }] },
  });
  const own = configs.find(({ agentId }) => agentId === agent.id);
  const everybodys = configs.find(({ agentId }) => agentId === null);
  if (own) return toRules(own);
  const rules = everybodys ? toRules(everybodys) : DEFAULT_ROUTING_RULES;
  return agent.venuePreference.length === 0 ? rules : { ...rules, venues: agent.venuePreference };
}

const toRules = ({ mode, venues }: { mode: string; venues: VenueName[] }): RoutingRules => ({
  mode: isMode(mode) ? mode : DEFAULT_ROUTING_RULES.mode,
  venues,
});

const isMode = (text: string): text is RoutingMode => text === 'priority' || text === 'best';

/** Writes down which venue a trade went to and what the others said. Decided anew, the new decision stands. */
export async function saveDecision(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  { refusals, costs, ...rest }: RoutingOutcome,
): Promise<void> {
  const data = {
    ...rest,
    refusals: refusals.map((each) => ({ ...each })),
    costs: costs.map((each) => asPlainJson(each)),
  };
  await db.routingDecision.upsert({ where: { tradeId }, create: { ...data, tradeId }, update: data });
}
