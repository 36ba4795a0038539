import type { EntryPlan } from '#domain/entry-plan.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '../client.ts';
import { violatedIndex } from './rows.ts';
import { getTrade, type TradeRecord } from './trades.ts';

/** How often a place for a position is asked for again that others took at the same moment. */
const MAX_SLOT_ATTEMPTS = 50;

/**
 * Fixes what will be ordered, takes one of the deployment's places for open positions, and answers the trade. The
 * database has the last word on both limits, however many signals come at once: one live trade per instrument of an
 * account, since positions there net, and one per place. Throws when the trade has left routing.
 */
export async function savePlan(
  db: Database,
  trade: TradeRecord,
  { venue, plan, maxOpenPositions }: { venue: VenueName; plan: EntryPlan; maxOpenPositions: number },
): Promise<TradeRecord | 'instrument_busy' | 'limit_reached'> {
  for (let attempt = 1; attempt <= MAX_SLOT_ATTEMPTS; attempt += 1) {
    try {
      const slot = await takeSlot(db, trade, { venue, plan, maxOpenPositions });
      if (slot !== null) return { ...trade, venue, plan, phase: 'opening' };
      const { phase } = await getTrade(db, trade.id);
      // A plan that another attempt has fixed meanwhile may have been sent: it is never replaced.
      if (phase !== 'routing')
        throw new Error(`trade ${trade.id} was planned by another attempt: it is ${phase}`);
      return 'limit_reached';
    } catch (error) {
      const index = violatedIndex(error);
      if (index === 'trade_one_live_per_instrument') return 'instrument_busy';
      if (index !== 'trade_one_per_position_slot') throw error;
    }
  }
  return 'limit_reached';
}

/** The lowest free place; null when there is none or the trade is not in routing any more. */
async function takeSlot(
  db: Database,
  { id, deploymentId }: TradeRecord,
  { venue, plan, maxOpenPositions }: { venue: VenueName; plan: EntryPlan; maxOpenPositions: number },
): Promise<number | null> {
  const [taken] = await db.$queryRaw<{ slot: number }[]>`
    UPDATE trade SET venue = ${venue}::venue_name, plan = ${JSON.stringify(plan)}::jsonb, phase = 'opening',
      position_slot = free.slot, updated_at = now()
    FROM (
      SELECT min(slot) AS slot FROM generate_series(1, ${maxOpenPositions}::int) AS slot
      WHERE NOT EXISTS (
        SELECT FROM trade AS live WHERE live.deployment_id = ${deploymentId}::uuid AND live.position_slot = slot
          AND live.phase IN ('opening', 'open', 'closing', 'settling')
      )
    ) AS free
    WHERE trade.id = ${id}::uuid AND trade.phase = 'routing' AND free.slot IS NOT NULL
    RETURNING position_slot AS slot`;
  return taken?.slot ?? null;
}
