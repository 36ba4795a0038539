import type { ExitReason } from '#domain/barriers.ts';
import type { DecimalString } from '#domain/money.ts';
import type { VenueOrderId } from '#domain/ids.ts';
import type { OrderStatus } from '#domain/order.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { toOrderRecord, type OrderMove, type OrderRecord } from './orders.ts';
import { HoldLostError, stillHeld, type TradeHold } from './trade-lock.ts';

/** The order as stored; throws when there is none with this id. */
export const getOrder = async (db: DatabaseOrTransaction, orderId: string): Promise<OrderRecord> =>
  toOrderRecord(await db.order.findUniqueOrThrow({ where: { id: orderId } }));

/**
 * Writes down that a change of an order is about to be sent. Returns false while an earlier one has no end, when the
 * order or its trade is not open any more, and when the hold is lost. An end that is claimed later finds the change.
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

/** Writes down what finds a change at the venue. Returns false when it was fenced off meanwhile: it must not be sent. */
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

/** Where an order stands at the venue. A part that is left out is as it was. */
export interface Standing {
  price?: DecimalString;
  triggerPrice: DecimalString;
  size?: DecimalString;
  status?: OrderStatus;
  /** Null where the venue does not say: the order then keeps the one it has. */
  venueOrderId?: VenueOrderId | null;
  /** What put it there; of no meaning for a target. */
  stopKind: ExitReason;
}

/** An order as it was when it was found out where it stands, and under which hold that was. */
export type StandingOrder = Pick<OrderRecord, 'id' | 'move'> & { hold?: TradeHold | undefined };

/**
 * Books where an order stands at the venue, and where the stop of its trade stands if it is the stop: both or none,
 * so that neither is ever compared with what the other was before. Throws `HoldLostError`, with nothing booked, when
 * somebody else has moved the order or holds the trade by now.
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
