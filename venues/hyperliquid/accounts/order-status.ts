import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { OrderReport, OrderStatus } from '#domain/order.ts';
import type { VenueFill, VenueOpenOrder } from '../../venue.ts';
import { clientIdOf, venueOrderId } from '../http/ids.ts';
import { codeOfStatusWord } from '../http/refusals.ts';
import type { WireOpenOrder } from '../http/schemas.ts';

/** The fills of an order in sum. */
export interface Filled {
  size: DecimalString;
  averagePrice: DecimalString | null;
}

/**
 * Returns whether a looked-up order can have fills. An armed trigger has none though its size may have shrunk, since the
 * venue cuts reduce-only orders down to the position.
 */
export const mayHaveFilled = (order: WireOpenOrder, word: string): boolean =>
  order.sz !== order.origSz && word !== 'triggered' && !(word === 'open' && order.isTrigger === true);

/** Decimals of an average price, which a division may leave without an end. */
const AVERAGE_DECIMALS = 12;

/** Adds up the fills of one order. */
export function filledBy(fills: readonly VenueFill[], oid: number): Filled {
  const own = fills.filter((fill) => fill.venueOrderId === String(oid));
  const size = sum(own.map((fill) => fill.size));
  const value = sum(own.map((fill) => amount(fill.size).mul(fill.price)));
  return {
    size: decimalString(size),
    averagePrice: size.isZero() ? null : decimalString(value.div(size).toDecimalPlaces(AVERAGE_DECIMALS)),
  };
}

export const NOTHING_FILLED: Filled = { size: '0', averagePrice: null };

/** Returns what is missing from the original size of an order: it was filled, unless a reduce-only order shrank. */
export const missingFrom = (order: WireOpenOrder): DecimalString =>
  decimalString(amount(order.origSz).sub(amount(order.sz)));

/**
 * Returns the report of an order that was looked up. The part missing from its original size was filled. A reduce-only
 * order also shrinks with its position, so its filled size is the sum of its fills.
 */
export function reportOfStatus(order: WireOpenOrder, word: string, filled: Filled): OrderReport {
  const filledSize =
    order.reduceOnly === true || !mayHaveFilled(order, word) ? filled.size : missingFrom(order);
  const status = statusOfWord(word, filledSize !== '0');
  const refused = status === 'canceled' || status === 'rejected';
  return {
    clientOrderId: clientIdOf(order.cloid),
    venueOrderId: venueOrderId(order.oid),
    status,
    size: order.origSz,
    filledSize,
    averagePrice: filledSize === filled.size ? filled.averagePrice : null,
    triggerPrice: order.isTrigger === true ? (order.triggerPx ?? null) : null,
    code: refused ? codeOfStatusWord(word) : null,
    text: refused || word === 'triggered' ? word : null,
  };
}

function statusOfWord(word: string, someFilled: boolean): OrderStatus {
  switch (word) {
    case 'open':
    case 'waitingForTrigger':
    // The order is being executed and can still fill.
    case 'triggered':
      return someFilled ? 'partly_filled' : 'resting';
    case 'waitingForFill':
      return 'waiting';
    case 'filled':
      return 'filled';
    default:
      // An order that filled in part was not refused, whatever word the venue ended it with.
      return word.endsWith('ejected') && !someFilled ? 'rejected' : 'canceled';
  }
}

/** Returns an open order as the venue lists it. */
export function openOrderOf(order: WireOpenOrder): VenueOpenOrder {
  return {
    symbol: order.coin,
    clientOrderId: clientIdOf(order.cloid),
    venueOrderId: venueOrderId(order.oid),
    side: order.side,
    size: order.sz,
    price: order.limitPx,
    triggerPrice: order.isTrigger === true ? (order.triggerPx ?? null) : null,
    reduceOnly: order.reduceOnly === true,
  };
}
