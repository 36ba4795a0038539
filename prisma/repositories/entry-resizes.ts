import type { EntryPlan } from '#domain/entry-plan.ts';
import type { TradeId } from '#domain/ids.ts';
import type { Database } from '../client.ts';
import type { TradeEventDraft } from './trade-events.ts';

/**
 * Writes the smaller plan of an entry that its venue has refused, with its trade event. Does nothing when the plan was
 * made smaller before, the trade is not opening any more, or one of its entry orders may be or has been filled.
 */
export async function saveSmallerEntry(
  db: Database,
  { tradeId, plan, event }: { tradeId: TradeId; plan: EntryPlan; event: Omit<TradeEventDraft, 'tradeId'> },
): Promise<void> {
  await db.$executeRaw`
    WITH resized AS (
      UPDATE trade SET plan = ${JSON.stringify(plan)}::jsonb, updated_at = now()
      WHERE id = ${tradeId}::uuid AND phase = 'opening' AND plan ->> 'resizedFrom' IS NULL AND NOT EXISTS (
        SELECT FROM "order" WHERE trade_id = trade.id AND leg = 'entry'
          AND (status <> 'rejected' OR filled_size > 0)
      )
      RETURNING id
    )
    INSERT INTO trade_event (trade_id, key, type, text, data)
    SELECT id, ${event.key}, ${event.type}, ${event.text}, ${JSON.stringify(event.data ?? {})}::jsonb FROM resized
    ON CONFLICT DO NOTHING`;
}
