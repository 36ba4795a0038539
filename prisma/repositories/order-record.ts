import {
  asId,
  asIdOrNull,
  type AccountId,
  type ClientOrderId,
  type Symbol,
  type TradeId,
  type VenueName,
  type VenueOrderId,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { isOver, type OrderKind, type OrderLeg, type OrderSide, type OrderStatus } from '#domain/order.ts';
import type { Order } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { msOrNull, text, textOrNull } from './rows.ts';

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
  /** Address of the trading key that the nonce belongs to. */
  signer: string | null;
  /** Identifies its last attempt at a venue without client ids. */
  reference: string | null;
  /** A change that was sent and is not resolved yet. */
  move: OrderMove | null;
  /** When the venue last answered a command about it, epoch ms. */
  answeredAt: number | null;
  /** Why the venue refused or cancelled it. */
  code: string | null;
  text: string | null;
}

/** The fields of an order that are written before it is sent. */
export type OrderDraft = Omit<
  OrderRecord,
  | 'id'
  | 'venueOrderId'
  | 'filledSize'
  | 'status'
  | 'nonce'
  | 'signer'
  | 'reference'
  | 'move'
  | 'answeredAt'
  | 'code'
  | 'text'
>;

/** A change of price and size that was sent for an order that rests. */
export interface OrderMove {
  nonce: number;
  /** Address of the trading key that the nonce belongs to. */
  signer: string | null;
  /** Identifies its transaction at a venue without client ids; null until one is sent. */
  reference: string | null;
  price: DecimalString;
  triggerPrice: DecimalString;
  size: DecimalString;
}

export const toOrderRecord = (row: Order): OrderRecord => ({
  id: row.id,
  tradeId: asId<TradeId>(row.tradeId),
  venue: row.venue,
  accountId: asId<AccountId>(row.accountId),
  symbol: row.symbol,
  leg: row.leg,
  legNumber: row.legNumber,
  revision: row.revision,
  clientOrderId: asId<ClientOrderId>(row.clientOrderId),
  venueOrderId: asIdOrNull<VenueOrderId>(row.venueOrderId),
  side: row.side,
  kind: row.kind,
  price: text(row.price),
  triggerPrice: textOrNull(row.triggerPrice),
  size: text(row.size),
  filledSize: text(row.filledSize),
  reduceOnly: row.reduceOnly,
  status: row.status,
  nonce: row.nonce === null ? null : Number(row.nonce),
  signer: row.signer,
  reference: row.reference,
  move: fromJson<OrderMove | null>(row.move),
  answeredAt: msOrNull(row.answeredAt),
  code: row.code,
  text: row.text,
});

/** Returns whether all orders are stops and targets. */
export const isProtection = (orders: readonly Pick<OrderDraft, 'leg'>[]): boolean =>
  orders.every(({ leg }) => leg === 'stop' || leg === 'take_profit');

/** The newest revision of a leg, or null. */
export const newest = (orders: readonly OrderRecord[], leg: OrderLeg, legNumber = 0): OrderRecord | null =>
  orders
    .filter((order) => order.leg === leg && order.legNumber === legNumber)
    .toSorted((a, b) => a.revision - b.revision)
    .at(-1) ?? null;

/** Orders that may still fill. */
export const liveOrders = (orders: readonly OrderRecord[]): OrderRecord[] =>
  orders.filter(({ status }) => !isOver(status));
