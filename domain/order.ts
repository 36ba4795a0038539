import type { DecimalString } from './money.ts';
import type { ClientOrderId, Side, VenueOrderId } from './ids.ts';

export const ORDER_SIDES = ['buy', 'sell'] as const;
/** Orders are bought or sold; positions are long or short. */
export type OrderSide = (typeof ORDER_SIDES)[number];

export const entrySide = (side: Side): OrderSide => (side === 'long' ? 'buy' : 'sell');
export const exitSide = (side: Side): OrderSide => (side === 'long' ? 'sell' : 'buy');

/** Legs in the order in which the orders of a trade are sent. */
export const ORDER_LEGS = ['entry', 'stop', 'take_profit', 'exit'] as const;
/** The purpose of an order in its trade. `take_profit` legs are numbered from 1, the others are number 0. */
export type OrderLeg = (typeof ORDER_LEGS)[number];

export const ORDER_KINDS = ['ioc', 'post_only', 'stop_trigger', 'take_profit_trigger'] as const;
/**
 * - `ioc`: fills at once up to its limit price, the rest is cancelled.
 * - `post_only`: rests at its limit price until another order takes it; refused where it would fill at once.
 * - `stop_trigger`, `take_profit_trigger`: rest at the venue until the trigger price is touched, then close at
 *   market no worse than the limit price.
 */
export type OrderKind = (typeof ORDER_KINDS)[number];

export const ORDER_STATUSES = [
  'submitting',
  'unresolved',
  'waiting',
  'resting',
  'partly_filled',
  'filled',
  'canceled',
  'rejected',
] as const;
/**
 * - `submitting`: written down, the venue may or may not have heard of it.
 * - `unresolved`: the venue was asked and its answer was lost; only a look-up may decide.
 * - `waiting`: accepted, becomes live when its parent has filled. `resting`: live.
 * - `partly_filled`: live with some size filled. `filled`, `canceled`, `rejected`: over; a cancelled order may
 *   have filled in part.
 */
export type OrderStatus = (typeof ORDER_STATUSES)[number];

const OVER: readonly OrderStatus[] = ['filled', 'canceled', 'rejected'];
/** Returns whether the order can never fill again. */
export const isOver = (status: OrderStatus): boolean => OVER.includes(status);

const RESTING: readonly OrderStatus[] = ['waiting', 'resting', 'partly_filled'];
/** Returns whether the venue has confirmed that it holds the order, and the order can still fill. */
export const doesRest = (status: OrderStatus): boolean => RESTING.includes(status);

/** Returns whether the order was written down and no answer of the venue is stored. */
export const isUnknown = (status: OrderStatus): boolean => !isOver(status) && !doesRest(status);

/** An order as the venue reports it. */
export interface OrderReport {
  clientOrderId: ClientOrderId | null;
  /** Null for an accepted order that has no id yet (children waiting for their parent). */
  venueOrderId: VenueOrderId | null;
  status: OrderStatus;
  size: DecimalString;
  filledSize: DecimalString;
  averagePrice: DecimalString | null;
  /** Trigger price of a trigger order; left out when the venue does not say. */
  triggerPrice?: DecimalString | null;
  /** Reason why the venue refused or cancelled it: our stable code; `text` is the venue's own message. */
  code: string | null;
  text: string | null;
}
