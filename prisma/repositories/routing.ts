import type { VenueName } from '#domain/ids.ts';
import { DEFAULT_ROUTING_RULES, ROUTING_MODES, type RoutingRules } from '#domain/routing.ts';
import type { DatabaseOrTransaction } from '../client.ts';

/** Rules, and where they were found: with the agent, in its preference of venues, with everybody, or nowhere. */
export interface RulesInForce extends RoutingRules {
  from: 'agent' | 'preference' | 'everybody' | 'built-in';
}

/**
 * The rules a trade of the agent is routed by: its own, else everybody's, else the built-in ones. An agent without
 * rules of its own may still prefer an order of venues, which goes before everybody's.
 */
export async function readRules(
  db: DatabaseOrTransaction,
  agent: { id: string; venuePreference: readonly VenueName[] } | null,
): Promise<RulesInForce> {
  const configs = await db.routingConfig.findMany({
    where: { OR: [{ agentId: null }, ...(agent ? [{ agentId: agent.id }] : [])] },
  });
  return rulesInForce(configs, agent);
}

/** A row of stored rules; a row without an agent holds for all agents. */
export interface RoutingConfigRow {
  agentId: string | null;
  mode: string;
  venues: readonly VenueName[];
}

/** Returns the rules in force from the rows of the agent and of all agents. */
export function rulesInForce(
  configs: readonly RoutingConfigRow[],
  agent: { venuePreference: readonly VenueName[] } | null,
): RulesInForce {
  const own = configs.find(({ agentId }) => agentId !== null);
  const everybodys = configs.find(({ agentId }) => agentId === null);
  if (own) return { ...toRules(own), from: 'agent' };
  const rules: RulesInForce = everybodys
    ? { ...toRules(everybodys), from: 'everybody' }
    : { ...DEFAULT_ROUTING_RULES, from: 'built-in' };
  if (!agent || agent.venuePreference.length === 0) return rules;
  return { mode: rules.mode, venues: agent.venuePreference, from: 'preference' };
}

const toRules = ({ mode, venues }: RoutingConfigRow): RoutingRules => ({
  mode: ROUTING_MODES.find((each) => each === mode) ?? DEFAULT_ROUTING_RULES.mode,
  venues,
});

/** Sets the rules of an agent, or (null) everybody's. */
export async function saveRules(
  db: DatabaseOrTransaction,
  agentId: string | null,
  { mode, venues }: RoutingRules,
): Promise<void> {
  const rules = { mode, venues: [...venues] };
  const changed = await db.routingConfig.updateMany({ where: { agentId }, data: rules });
  if (changed.count === 0) await db.routingConfig.create({ data: { agentId, ...rules } });
}

/** Deletes the rules of an agent, or of all agents (null); the next rules in line are then in force. */
export async function removeRules(db: DatabaseOrTransaction, agentId: string | null): Promise<void> {
  await db.routingConfig.deleteMany({ where: { agentId } });
}
