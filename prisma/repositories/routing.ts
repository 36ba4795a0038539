import type { TradeId, VenueName } from '#domain/ids.ts';
import { DEFAULT_VENUE_ORDER, type VenueRefusal } from '#domain/routing.ts';
import type { DatabaseOrTransaction } from '../client.ts';

/** The venues to ask, in order: as the agent says, else as everybody's default says, else the built-in order. */
export async function venueOrder(
  db: DatabaseOrTransaction,
  agent: { id: string; venuePreference: readonly VenueName[] },
): Promise<readonly VenueName[]> {
  const configs = await db.routingConfig.findMany({
    where: { OR: [{ agentId: agent.id }, { agentId: null }] },
  });
  const own = configs.find(({ agentId }) => agentId === agent.id);
  const everybodys = configs.find(({ agentId }) => agentId === null);
  const orders = [own?.venues, agent.venuePreference, everybodys?.venues];
  return orders.find((order) => order !== undefined && order.length > 0) ?? DEFAULT_VENUE_ORDER;
}

/** Writes down which venue a trade went to and what the others said; the first decision stands. */
export async function saveDecision(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  decision: { venue: VenueName | null; refusals: readonly VenueRefusal[]; durationMs: number },
): Promise<void> {
  await db.routingDecision.createMany({
    data: [{ ...decision, tradeId, refusals: decision.refusals.map((each) => ({ ...each })) }],
    skipDuplicates: true,
  });
}
