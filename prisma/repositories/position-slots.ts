import type { EntryPlan } from '#domain/entry-plan.ts';
import type { Symbol, VenueName } from '#domain/ids.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import type { Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { writtenOrders, type OrderDraft } from './orders.ts';
import { timeOrderedId, violatedIndex } from './rows.ts';
import type { TradeEventDraft } from './trade-events.ts';
import type { NonceDraw } from './nonces.ts';
import { getTrade, type TradeRecord } from './trades.ts';
import { entryAnnouncement, WATCH_CHANNEL } from './watches.ts';
import { LIVE } from './phase-lists.ts';

/** How often a place for a position is asked for again that others took at the same moment. */
const MAX_SLOT_ATTEMPTS = 50;

/** What will be ordered, and what the books are to say about how that was decided. */
export interface PlanDraft {
  venue: VenueName;
  plan: EntryPlan;
  /** Of the deployment. */
  maxOpenPositions: number;
  room: AccountRoom;
  routing: RoutingOutcome;
  /** The line of the trade's story. */
  line: Omit<TradeEventDraft, 'tradeId'>;
  /** The orders of the entry, where they are to be sent at once as planned; null where they are written later. */
  entry: EntryOrders | null;
}

/** What a plan needs of the account, as the venue showed that before the plan was written. */
export interface AccountRoom {
  /** What may be open in the account beyond the plan and beyond what is held. */
  freeUsd: DecimalString;
  /** What the venue says is held, whatever its side. */
  heldSizes: Readonly<Record<Symbol, DecimalString>>;
}

/** Others have planned so much in the account that the plan does not fit. */
export interface RoomTaken {
  /** Value of what is planned or open in the books and was not among what is held. */
  reservedUsd: DecimalString;
}

/** Orders that go out in one action. */
export interface EntryOrders {
  draw: NonceDraw;
  orders: readonly OrderDraft[];
}

export interface SavedPlan {
  trade: TradeRecord;
  /** Under which the orders stand in the books, and are to be sent; null when they do not yet. */
  nonce: number | null;
}

/**
 * Fixes what will be ordered with how it was decided, takes one of the deployment's places for open positions, writes
 * the orders down, and answers the trade; watchers are told that prices of the instrument will be needed. The database
 * has the last word on the limits, however many signals come at once: one live trade per instrument of an account,
 * since positions there net, one per place, and no more in an account than there is room for.
 */
export async function savePlan(
  db: Database,
  trade: TradeRecord,
  draft: PlanDraft,
): Promise<SavedPlan | RoomTaken | 'instrument_busy' | 'limit_reached' | 'planned_before'> {
  const { venue, plan } = draft;
  for (let attempt = 1; attempt <= MAX_SLOT_ATTEMPTS; attempt += 1) {
    try {
      const { isTaken, nonce, reservedUsd } = await takeSlot(db, trade, draft);
      if (isTaken) return { trade: { ...trade, venue, plan, phase: 'opening' }, nonce };
      const { phase } = await getTrade(db, trade.id);
      // A plan that another attempt has fixed meanwhile may have been sent: it is never replaced.
      if (phase !== 'routing') return 'planned_before';
      return amount(reservedUsd).gt(draft.room.freeUsd) ? { reservedUsd } : 'limit_reached';
    } catch (error) {
      const index = violatedIndex(error);
      if (index === 'trade_one_live_per_instrument') return 'instrument_busy';
      if (index !== 'trade_one_per_position_slot') throw error;
    }
  }
  return 'limit_reached';
}

/**
 * Takes the lowest free place. Nothing is written when there is none, the account has too little room, or the trade is
 * not in routing any more. One statement: an order waits for it. Plans in one account take turns, so that each sees
 * what those before it have reserved.
 */
async function takeSlot(
  db: Database,
  { id, deploymentId, accountId, symbol }: TradeRecord,
  { venue, plan, maxOpenPositions, room, routing, line, entry }: PlanDraft,
): Promise<Pick<SavedPlan, 'nonce'> & RoomTaken & { isTaken: boolean }> {
  const [row] = await db.$queryRaw<{ isTaken: boolean; nonce: bigint | null; reservedUsd: string }[]>`
    WITH turn AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(hashtextextended(${`account room/${venue}/${accountId}`}, 0))
    ), reserved AS MATERIALIZED (
      SELECT reserved_usd(${venue}::venue_name, ${accountId}, ${id}::uuid, ${JSON.stringify(room.heldSizes)}::jsonb)
        AS usd
      FROM turn
    ), planned AS (
      UPDATE trade SET venue = ${venue}::venue_name, plan = ${JSON.stringify(plan)}::jsonb, phase = 'opening',
        position_slot = free.slot, updated_at = now()
      FROM (
        SELECT min(slot) AS slot FROM generate_series(1, ${maxOpenPositions}::int) AS slot
        WHERE NOT EXISTS (
          SELECT FROM trade AS live WHERE live.deployment_id = ${deploymentId}::uuid AND live.position_slot = slot
            AND live.phase IN ${LIVE}
        )
      ) AS free
      WHERE trade.id = ${id}::uuid AND trade.phase = 'routing' AND free.slot IS NOT NULL
        AND (SELECT usd FROM reserved) <= ${room.freeUsd}::numeric
      RETURNING trade.id
    ), decided AS (
      INSERT INTO routing_decision (id, trade_id, venue, mode, refusals, costs, duration_ms)
      SELECT ${timeOrderedId(Date.now())}::uuid, planned.id, ${venue}::venue_name, ${routing.mode},
        ${JSON.stringify(routing.refusals)}::jsonb, ${JSON.stringify(routing.costs)}::jsonb, ${routing.durationMs}::float8
      FROM planned
      ON CONFLICT (trade_id) DO UPDATE SET venue = excluded.venue, mode = excluded.mode,
        refusals = excluded.refusals, costs = excluded.costs, duration_ms = excluded.duration_ms
    ), told AS (
      INSERT INTO trade_event (trade_id, key, type, text, data)
      SELECT planned.id, ${line.key}, ${line.type}, ${line.text}, ${JSON.stringify(line.data ?? {})}::jsonb
      FROM planned
      ON CONFLICT DO NOTHING
    )${entry ? Prisma.sql`, ${writtenOrders(entry.draw, entry.orders, 'planned')}` : Prisma.empty}
    SELECT ${entry ? Prisma.sql`(SELECT nonce FROM written LIMIT 1)` : Prisma.sql`NULL::bigint`} AS nonce,
      planned.id IS NOT NULL AS "isTaken", trim_scale(reserved.usd)::text AS "reservedUsd",
      CASE WHEN planned.id IS NOT NULL
        THEN pg_notify(${WATCH_CHANNEL}, ${entryAnnouncement({ venue, symbol })})::text END
    FROM reserved LEFT JOIN planned ON true`;
  const { nonce, ...taken } = row ?? never();
  return { ...taken, nonce: nonce === null ? null : Number(nonce) };
}

function never(): never {
  throw new Error('the statement answers one row');
}
