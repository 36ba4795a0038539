import type { ExitReason } from '#domain/barriers.ts';
import type { DecimalString } from '#domain/money.ts';
import type { VenueOrderId } from '#domain/ids.ts';
import type { OrderStatus } from '#domain/order.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { asJson } from './json.ts';
import { toOrderRecord, type OrderMove, type OrderRecord } from './orders.ts';

/** The order as stored; throws when there is none with this id. */
export const getOrder = async (db: DatabaseOrTransaction, orderId: string): Promise<OrderRecord> =>
  toOrderRecord(await db.order.findUniqueOrThrow({ where: { id: orderId } }));

/** Writes down that a change of an order is about to be sent. Returns false while an earlier one has no end. */
export async function beginMove(
  db: DatabaseOrTransaction,
  orderId: string,
  move: OrderMove,
): Promise<boolean> {
  const { count } = await db.order.updateMany({
    where: { id: orderId, move: { equals: Prisma.AnyNull } },
    data: { move: asJson(move) },
  });
  return count === 1;
}

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

/** Forgets a change that did not happen and cannot happen any more. */
export async function dropMove(db: DatabaseOrTransaction, orderId: string): Promise<void> {
  await db.order.update({ where: { id: orderId }, data: { move: Prisma.DbNull } });
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

/**
 * Books where an order stands at the venue, and where the stop of its trade stands if it is the stop: both or none,
 * so that neither is ever compared with what the other was before.
 */
export async function saveStanding(
  db: Database,
  order: Pick<OrderRecord, 'id' | 'tradeId' | 'leg'>,
  { venueOrderId, stopKind, ...change }: Standing,
): Promise<void> {
  const named = venueOrderId ? { venueOrderId } : {};
  await db.$transaction([
    db.order.update({
      where: { id: order.id },
      data: { ...change, ...named, move: Prisma.DbNull, answeredAt: new Date() },
    }),
    ...(order.leg === 'stop'
      ? [
          db.trade.update({
            where: { id: order.tradeId },
            data: { stopPrice: change.triggerPrice, stopKind },
          }),
        ]
      : []),
  ]);
}
