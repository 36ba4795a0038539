import type { ExitReason } from '#domain/barriers.ts';
import type { DecimalString } from '#domain/money.ts';
import type { VenueOrderId } from '#domain/ids.ts';
import type { OrderStatus } from '#domain/order.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { toOrderRecord, type OrderMove, type OrderRecord } from './order-record.ts';
import { HoldLostError, stillHeld, type TradeHold } from './trade-lock.ts';

/** The order as stored; throws when there is none with this id. */
export const getOrder = async (db: DatabaseOrTransaction, orderId: string): Promise<OrderRecord> =>
  toOrderRecord(await db.order.findUniqueOrThrow({ where: { id: orderId } }));

/**
 * Records a change of an order before it is sent. Returns false when an earlier change is unresolved, the order or
 * its trade is not open, or the hold is lost. A close that is claimed later finds the change.
 */
export async function beginMove(
  db: DatabaseOrTransaction,
  orderId: string,
  move: OrderMove,
  hold?: TradeHold,
): Promise<boolean> {
  const begun = await db.$executeRaw`
    WITH held AS (
      SELECT id, trade_id FROM "order"
      WHERE id = ${orderId}::uuid AND ${isUnmoved} AND status NOT IN ('filled', 'rejected', 'canceled')
      FOR NO KEY UPDATE
    ), live AS (
      SELECT held.id FROM held JOIN trade ON trade.id = held.trade_id WHERE trade.phase = 'open' FOR SHARE OF trade
    )
    UPDATE "order" SET move = ${JSON.stringify(move)}::jsonb, updated_at = now()
    WHERE id IN (SELECT id FROM live) AND ${stillHeld(hold)}`;
  return begun === 1;
}

const isUnmoved = Prisma.sql`(move IS NULL OR move = 'null'::jsonb)`;

/**
 * Records the reference by which the venue finds a change. Returns false when the change was fenced off: it must not
 * be sent.
 */
export async function noteMove(
  db: DatabaseOrTransaction,
  orderId: string,
  { nonce, reference }: Pick<OrderMove, 'nonce' | 'reference'>,
): Promise<boolean> {
  const count = await db.$executeRaw`
    UPDATE "order" SET move = move || jsonb_build_object('reference', ${reference}::text)
    WHERE id = ${orderId}::uuid AND (move->>'nonce')::bigint = ${BigInt(nonce)}`;
  return count === 1;
}

/** Forgets a change that did not happen and cannot happen any more, unless another has taken its place. */
export async function dropMove(
  db: DatabaseOrTransaction,
  orderId: string,
  { nonce }: Pick<OrderMove, 'nonce'>,
): Promise<void> {
  await db.order.updateMany({
    where: { id: orderId, move: { path: ['nonce'], equals: nonce } },
    data: { move: Prisma.DbNull },
  });
}

/** State of an order at the venue. A field that is left out keeps its value. */
export interface Standing {
  price?: DecimalString;
  triggerPrice: DecimalString;
  size?: DecimalString;
  status?: OrderStatus;
  /** Null where the venue does not say: the order then keeps the one it has. */
  venueOrderId?: VenueOrderId | null;
  /** The rule that set the stop; ignored for a target. */
  stopKind: ExitReason;
}

/** An order as it was read before the venue was asked, and the hold under which that happened. */
export type StandingOrder = Pick<OrderRecord, 'id' | 'move'> & { hold?: TradeHold | undefined };

/**
 * Writes the state of an order at the venue, and the stop of its trade if the order is the stop, in one statement.
 * Throws `HoldLostError`, with nothing written, when the order has been moved since it was read or another process
 * holds the trade.
 */
export async function saveStanding(
  db: DatabaseOrTransaction,
  { id, move, hold }: StandingOrder,
  { price, triggerPrice, size, status, venueOrderId, stopKind }: Standing,
): Promise<void> {
  const isAsSeen = move === null ? isUnmoved : Prisma.sql`(move->>'nonce')::bigint = ${BigInt(move.nonce)}`;
  const booked = await db.$queryRaw<unknown[]>`
    WITH changed AS (
      UPDATE "order" SET price = COALESCE(${price ?? null}::numeric, price), trigger_price = ${triggerPrice}::numeric,
        size = COALESCE(${size ?? null}::numeric, size), status = COALESCE(${status ?? null}::order_status, status),
        venue_order_id = COALESCE(${venueOrderId ?? null}, venue_order_id), move = NULL, answered_at = now(),
        updated_at = now()
      WHERE id = ${id}::uuid AND ${isAsSeen} AND ${stillHeld(hold)}
      RETURNING trade_id, leg
    ), stopped AS (
      UPDATE trade SET stop_price = ${triggerPrice}::numeric, stop_kind = ${stopKind}::exit_reason, updated_at = now()
      FROM changed WHERE trade.id = changed.trade_id AND changed.leg = 'stop'
    )
    SELECT 1 FROM changed`;
  if (booked.length === 0) throw new HoldLostError(`order ${id} was moved by somebody else by now`);
}
