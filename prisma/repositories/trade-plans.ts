import { refuseByBounds, refuseByRoom, type EntryBounds } from '#domain/brakes/entry-bounds.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import type { VenueName } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { Refusal } from '#domain/reasons.ts';
import type { RoutingOutcome } from '#domain/routing.ts';
import type { AccountRoom } from '#domain/size-entry.ts';
import { queryReady, type Database } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { writtenOrders } from './order-attempts.ts';
import type { OrderDraft } from './order-record.ts';
import { entryBounds, entryTurn } from './entry-bounds.ts';
import { insertDecision } from './routing-decisions.ts';
import { violatedIndex } from './rows.ts';
import type { TradeEventDraft } from './trade-events.ts';
import type { NonceDraw } from './nonces.ts';
import { getTrade } from './trades.ts';
import type { TradeRecord } from './trade-record.ts';
import { entryAnnouncement, WATCH_CHANNEL } from './watch-announcements.ts';
import { LIVE } from './phase-lists.ts';

/** Most attempts to take a free place for a position while others take places at the same moment. */
const MAX_SLOT_ATTEMPTS = 50;

/** A plan to be written: what will be ordered, and how that was decided. */
export interface PlanDraft {
  venue: VenueName;
  plan: EntryPlan;
  /** Limit of the deployment. */
  maxOpenPositions: number;
  room: AccountRoom;
  routing: RoutingOutcome;
  /** The trade event of the plan. */
  event: Omit<TradeEventDraft, 'tradeId'>;
  /** The entry orders, when they are sent as soon as the plan is written; null when another step writes them. */
  entry: EntryOrders | null;
}

/** What is reserved in an account. */
export interface Reserved {
  /** Value in USD of what other trades have planned or open and the venue did not report as held. */
  reservedUsd: DecimalString;
}

/** Result of a plan that does not fit what bounds it now: other trades have taken the room, or a brake was set. */
export interface RoomTaken extends Reserved {
  bounds: EntryBounds;
}

/** What stands against a plan in an account, beside what its venue reports. */
export interface PlanHindrance extends Reserved {
  /** A trade of the account in the instrument is live. */
  isBusy: boolean;
}

/** Returns what `savePlan` would meet, and writes nothing. */
export async function findPlanHindrance(
  db: Database,
  { id, accountId, symbol }: Pick<TradeRecord, 'id' | 'accountId' | 'symbol'>,
  { venue, heldSizes }: Pick<AccountRoom, 'heldSizes'> & { venue: VenueName },
): Promise<PlanHindrance> {
  const [row] = await db.$queryRaw<PlanHindrance[]>`
    SELECT trim_scale(reserved_usd(${venue}::venue_name, ${accountId}, ${id}::uuid,
        ${JSON.stringify(heldSizes)}::jsonb))::text AS "reservedUsd",
      EXISTS (SELECT FROM trade WHERE venue = ${venue}::venue_name AND account_id = ${accountId}
        AND symbol = ${symbol} AND phase IN ${LIVE}) AS "isBusy"`;
  return row ?? never();
}

/** Entry orders that are sent in one action, and the key that signs them. */
export interface EntryOrders {
  draw: NonceDraw;
  orders: readonly OrderDraft[];
}

export interface SavedPlan {
  trade: TradeRecord;
  /** Nonce under which the entry orders are written and must be sent; null when they are not written yet. */
  nonce: number | null;
}

/**
 * Writes the plan of a trade, its routing decision and its entry orders, takes one of the deployment's places for open
 * positions, notifies the watchers of the instrument, and returns the trade as planned. The database enforces the
 * limits when several signals come at once: one live trade per instrument of an account (positions there net), one
 * trade per place, no more value in an account than it has room for, and nothing under a brake. Returns a code when a
 * limit stops the plan, `planned_before` when another attempt has planned the trade.
 */
export async function savePlan(
  db: Database,
  trade: TradeRecord,
  draft: PlanDraft,
): Promise<SavedPlan | RoomTaken | 'instrument_busy' | 'limit_reached' | 'planned_before'> {
  const { venue, plan } = draft;
  for (let attempt = 1; attempt <= MAX_SLOT_ATTEMPTS; attempt += 1) {
    try {
      const { isTaken, nonce, reservedUsd, bounds } = await takeSlot(db, trade, draft);
      if (isTaken) return { trade: { ...trade, venue, plan, phase: 'opening' }, nonce };
      const { phase } = await getTrade(db, trade.id);
      // The plan of another attempt may have been sent, so it is never replaced.
      if (phase !== 'routing') return 'planned_before';
      const isBound = amount(reservedUsd).gt(draft.room.freeUsd) || refuseWithin(bounds, draft) !== null;
      return isBound ? { reservedUsd, bounds } : 'limit_reached';
    } catch (error) {
      const index = violatedIndex(error);
      if (index === 'trade_one_live_per_instrument') return 'instrument_busy';
      if (index !== 'trade_one_per_position_slot') throw error;
    }
  }
  return 'limit_reached';
}

/** Returns why a plan does not fit the bounds; null when it does. */
export const refuseWithin = (bounds: EntryBounds, draft: Pick<PlanDraft, 'venue' | 'plan'>): Refusal | null =>
  refuseByBounds(bounds, draft.venue) ?? refuseByRoom(bounds.room, notionalOf(draft));

const notionalOf = ({ plan }: Pick<PlanDraft, 'plan'>): DecimalString =>
  decimalString(amount(plan.size).mul(plan.referencePrice));

/**
 * Takes the lowest free place and writes the plan. Writes nothing when no place is free, the account or a limit of
 * exposure has too little room, a brake holds, or the trade has left the phase `routing`. One statement, because the
 * entry order waits for it. Advisory locks make plans in one account, and those that share limits, take turns, so that
 * each sees what the earlier ones have reserved.
 */
async function takeSlot(
  db: Database,
  trade: TradeRecord,
  draft: PlanDraft,
): Promise<Pick<SavedPlan, 'nonce'> & RoomTaken & { isTaken: boolean }> {
  const [row] = await queryReady<TakenSlot>(db, planStatement(trade, draft));
  const { nonce, bounds, ...taken } = row ?? never();
  return { ...taken, bounds: bounds ?? {}, nonce: nonce === null ? null : Number(nonce) };
}

/** Returns the statement of `takeSlot`. */
export function planStatement(
  { id, deploymentId, accountId, symbol }: TradeRecord,
  draft: PlanDraft,
): Prisma.Sql {
  const { venue, plan, maxOpenPositions, room, routing, event, entry } = draft;
  return Prisma.sql`
    WITH ${entryTurn(`${venue}/${accountId}`, deploymentId)}, bounds AS MATERIALIZED (
      SELECT ${entryBounds({ tradeId: Prisma.sql`${id}::uuid`, deploymentId, symbol: Prisma.sql`${symbol}` })} AS now
      FROM turn
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
        AND (SELECT usd FROM reserved) <= ${room.freeUsd}::numeric AND ${leavesRoom(draft)}
      RETURNING trade.id
    ), decided AS (${insertDecision(Prisma.sql`planned`, { ...routing, venue })}
    ), told AS (
      INSERT INTO trade_event (trade_id, key, type, text, data)
      SELECT planned.id, ${event.key}, ${event.type}, ${event.text}, ${JSON.stringify(event.data ?? {})}::jsonb
      FROM planned
      ON CONFLICT DO NOTHING
    )${entry ? Prisma.sql`, ${writtenOrders(entry.draw, entry.orders, Prisma.sql`EXISTS (SELECT FROM planned)`)}` : Prisma.empty}
    SELECT ${entry ? Prisma.sql`(SELECT nonce FROM written LIMIT 1)` : Prisma.sql`NULL::bigint`} AS nonce,
      planned.id IS NOT NULL AS "isTaken", trim_scale(reserved.usd)::text AS "reservedUsd", bounds.now AS bounds,
      CASE WHEN planned.id IS NOT NULL
        THEN pg_notify(${WATCH_CHANNEL}, ${entryAnnouncement({ venue, symbol })})::text END
    FROM reserved CROSS JOIN bounds LEFT JOIN planned ON true`;
}

interface TakenSlot extends Reserved {
  isTaken: boolean;
  nonce: bigint | string | null;
  bounds: EntryBounds | null;
}

/** The condition of a statement with a table `bounds` under which `refuseWithin` returns null. */
const leavesRoom = (draft: Pick<PlanDraft, 'venue' | 'plan'>): Prisma.Sql => Prisma.sql`
  (SELECT now -> 'rate' IS NULL AND COALESCE((now -> 'room' ->> 'leftUsd')::numeric >= ${notionalOf(draft)}::numeric, true)
    AND NOT EXISTS (SELECT FROM jsonb_array_elements(now -> 'brakes') AS brake
      WHERE COALESCE(brake ->> 'venue', ${draft.venue}) = ${draft.venue})
  FROM bounds)`;

function never(): never {
  throw new Error('the statement returns one row');
}
