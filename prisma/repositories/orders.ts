import type { AccountId, ClientOrderId, Symbol, TradeId, VenueName, VenueOrderId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import {
  isOver,
  type OrderKind,
  type OrderLeg,
  type OrderReport,
  type OrderSide,
  type OrderStatus,
} from '#domain/order.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Order } from '../generated/client.ts';
import { text, textOrNull } from './rows.ts';

/** An order as stored. */
export interface OrderRecord {
  id: string;
  tradeId: TradeId;
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  leg: OrderLeg;
  legNumber: number;
  revision: number;
  clientOrderId: ClientOrderId;
  venueOrderId: VenueOrderId | null;
  side: OrderSide;
  kind: OrderKind;
  price: DecimalString;
  triggerPrice: DecimalString | null;
  size: DecimalString;
  filledSize: DecimalString;
  reduceOnly: boolean;
  status: OrderStatus;
  nonce: number | null;
  /** Why the venue refused or cancelled it. */
  code: string | null;
  text: string | null;
}

/** What is written before the venue hears of an order. */
export type OrderDraft = Omit<
  OrderRecord,
  'id' | 'venueOrderId' | 'filledSize' | 'status' | 'nonce' | 'code' | 'text'
>;

const toRecord = (row: Order): OrderRecord => ({
  id: row.id,
  tradeId: row.tradeId as TradeId,
  venue: row.venue,
  accountId: row.accountId as AccountId,
  symbol: row.symbol,
  leg: row.leg,
  legNumber: row.legNumber,
  revision: row.revision,
  clientOrderId: row.clientOrderId as ClientOrderId,
  venueOrderId: row.venueOrderId as VenueOrderId | null,
  side: row.side,
  kind: row.kind,
  price: text(row.price),
  triggerPrice: textOrNull(row.triggerPrice),
  size: text(row.size),
  filledSize: text(row.filledSize),
  reduceOnly: row.reduceOnly,
  status: row.status,
  nonce: row.nonce === null ? null : Number(row.nonce),
  code: row.code,
  text: row.text,
});

/** Every order of a trade, oldest first. */
export async function listOrders(db: DatabaseOrTransaction, tradeId: TradeId): Promise<OrderRecord[]> {
  const rows = await db.order.findMany({
    where: { tradeId },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(toRecord);
}

/** The rows of these client ids that are already written. */
export async function findOrders(
  db: DatabaseOrTransaction,
  drafts: readonly Pick<OrderDraft, 'venue' | 'accountId' | 'clientOrderId'>[],
): Promise<OrderRecord[]> {
  const [first] = drafts;
  if (!first) return [];
  const rows = await db.order.findMany({
    where: {
      venue: first.venue,
      accountId: first.accountId,
      clientOrderId: { in: drafts.map(({ clientOrderId }) => clientOrderId) },
    },
  });
  return rows.map(toRecord);
}

/** Writes orders down before they are sent, under the nonce they will carry. */
export async function writeOrders(
  db: DatabaseOrTransaction,
  drafts: readonly OrderDraft[],
  nonce: number,
): Promise<void> {
  const sentAt = new Date();
  await db.order.createMany({
    data: drafts.map((draft) => ({ ...draft, nonce: BigInt(nonce), sentAt })),
    skipDuplicates: true,
  });
}

/** Gives orders whose earlier attempt never happened the nonce of the next one. */
export async function renewAttempt(
  db: DatabaseOrTransaction,
  orders: readonly OrderRecord[],
  nonce: number,
): Promise<void> {
  await db.order.updateMany({
    where: { id: { in: orders.map(({ id }) => id) } },
    data: { nonce: BigInt(nonce), status: 'submitting', sentAt: new Date(), code: null, text: null },
  });
}

/** Nobody knows whether the venue took these. */
export async function markUnresolved(
  db: DatabaseOrTransaction,
  clientOrderIds: readonly ClientOrderId[],
  nonce: number,
  why: string,
): Promise<void> {
  await db.order.updateMany({
    where: { clientOrderId: { in: [...clientOrderIds] }, nonce: BigInt(nonce), status: 'submitting' },
    data: { status: 'unresolved', text: why },
  });
}

/**
 * Stores what the venue said of an order. With `nonce`, only if the order still belongs to that attempt: a
 * successor that fenced it off has the last word. A filled size never shrinks.
 */
export async function saveReport(
  db: DatabaseOrTransaction,
  order: Pick<OrderDraft, 'venue' | 'accountId' | 'clientOrderId'>,
  report: OrderReport,
  nonce?: number,
): Promise<void> {
  const { venue, accountId, clientOrderId } = order;
  await db.order.updateMany({
    where: { venue, accountId, clientOrderId, ...(nonce === undefined ? {} : { nonce: BigInt(nonce) }) },
    data: {
      status: report.status,
      answeredAt: new Date(),
      code: report.code,
      text: report.text,
      ...(report.venueOrderId === null ? {} : { venueOrderId: report.venueOrderId }),
    },
  });
  await db.order.updateMany({
    where: { venue, accountId, clientOrderId, filledSize: { lt: report.filledSize } },
    data: { filledSize: report.filledSize },
  });
}

/** Books a change of price or size that the venue confirmed for a resting order. */
export async function saveChange(
  db: DatabaseOrTransaction,
  orderId: string,
  change: { price: DecimalString; triggerPrice: DecimalString; size: DecimalString },
): Promise<void> {
  await db.order.update({ where: { id: orderId }, data: change });
}

export async function markCanceled(
  db: DatabaseOrTransaction,
  orderIds: readonly string[],
  why: string,
): Promise<void> {
  await db.order.updateMany({
    where: { id: { in: [...orderIds] }, status: { notIn: ['filled', 'rejected', 'canceled'] } },
    data: { status: 'canceled', text: why, answeredAt: new Date() },
  });
}

/** The newest revision of a leg, or null. */
export const newest = (orders: readonly OrderRecord[], leg: OrderLeg, legNumber = 0): OrderRecord | null =>
  orders
    .filter((order) => order.leg === leg && order.legNumber === legNumber)
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1) ?? null;

/** Orders that may still fill. */
export const liveOrders = (orders: readonly OrderRecord[]): OrderRecord[] =>
  orders.filter(({ status }) => !isOver(status));
