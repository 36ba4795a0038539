import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { asId, type AccountId, type ClientOrderId, type VenueOrderId } from '#domain/ids.ts';
import type { OrderReport, OrderStatus } from '#domain/order.ts';
import type { OrderRequest, VenueFill, VenueOpenOrder } from '../../venue.ts';
import { codeOfRefusal, codeOfStatusWord } from '../http/refusals.ts';
import type { WireFill, WireOpenOrder, WireOrderAnswer } from '../http/schemas.ts';

/** An order as the `order` and `batchModify` actions carry it. */
export interface WireOrder {
  a: number;
  b: boolean;
  p: string;
  s: string;
  r: boolean;
  t:
    | { limit: { tif: 'Ioc' | 'Alo' } }
    | { trigger: { isMarket: true; triggerPx: string; tpsl: 'tp' | 'sl' } };
  c: string;
}

/** Throws `RangeError` for a trigger order without its trigger price. */
export function toWire(order: OrderRequest): WireOrder {
  return {
    a: order.instrument.venueAssetId,
    b: order.side === 'buy',
    p: order.price,
    s: order.size,
    r: order.reduceOnly,
    t: typeOf(order),
    c: order.clientOrderId,
  };
}

/** `Alo` is the venue's word for post-only. Source: official documentation, "place an order". */
function typeOf(order: OrderRequest): WireOrder['t'] {
  if (order.kind === 'ioc') return { limit: { tif: 'Ioc' } };
  return order.kind === 'post_only' ? { limit: { tif: 'Alo' } } : { trigger: triggerOf(order) };
}

function triggerOf(order: OrderRequest): { isMarket: true; triggerPx: string; tpsl: 'tp' | 'sl' } {
  if (order.triggerPrice === null) throw new RangeError(`a ${order.kind} order needs a trigger price`);
  const tpsl = order.kind === 'stop_trigger' ? 'sl' : 'tp';
  return { isMarket: true, triggerPx: order.triggerPrice, tpsl };
}

const venueOrderId = (oid: number): VenueOrderId => asId<VenueOrderId>(String(oid));

/** The venue's word on one order of an action. */
export function reportOfAnswer(order: OrderRequest, answer: WireOrderAnswer): OrderReport {
  const report: OrderReport = {
    clientOrderId: order.clientOrderId,
    venueOrderId: null,
    status: 'waiting',
    size: order.size,
    filledSize: '0',
    averagePrice: null,
    code: null,
    text: null,
  };
  if (answer === 'waitingForFill') return report;
  // Armed at the venue, which keeps its number to itself until somebody asks by client id.
  if (answer === 'waitingForTrigger') return { ...report, status: 'resting' };
  if ('resting' in answer) {
    return { ...report, status: 'resting', venueOrderId: venueOrderId(answer.resting.oid) };
  }
  if ('error' in answer) {
    return { ...report, status: 'rejected', code: codeOfRefusal(answer.error), text: answer.error };
  }
  const { oid, totalSz, avgPx } = answer.filled;
  return {
    ...report,
    status: statusOnceFilled(order, totalSz),
    venueOrderId: venueOrderId(oid),
    filledSize: totalSz,
    averagePrice: avgPx,
  };
}

/** The unfilled rest of an IOC order is cancelled at once; anything else stays on the book. */
function statusOnceFilled(order: OrderRequest, filledSize: string): OrderStatus {
  if (amount(filledSize).gte(amount(order.size))) return 'filled';
  return order.kind === 'ioc' ? 'canceled' : 'partly_filled';
}

/** What was filled of an order, by its fills. */
export interface Filled {
  size: DecimalString;
  averagePrice: DecimalString | null;
}

/**
 * Whether a looked-up order can have fills. An armed trigger has none though its size may have shrunk: the venue
 * cuts reduce-only orders down to the position.
 */
export const mayHaveFilled = (order: WireOpenOrder, word: string): boolean =>
  order.sz !== order.origSz && word !== 'triggered' && !(word === 'open' && order.isTrigger === true);

/** An average has no end of its own; the books keep 18 decimals. */
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
 * The venue's word on an order that was looked up. What is missing from its original size was filled, except for
 * reduce-only orders, which shrink: there the fills say how much.
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
    // Fired and being executed: it can still fill.
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

const clientIdOf = (cloid: string | null | undefined): ClientOrderId | null =>
  cloid ? asId<ClientOrderId>(cloid.toLowerCase()) : null;

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

/** Spot pairs are named `@107` or `PURR/USDC`; they are no business of ours. */
export const isPerpetual = (coin: string): boolean => !coin.startsWith('@') && !coin.includes('/');

/** The fills in perpetuals among these, in the order given. */
export const fillsOf = (accountId: AccountId, fills: readonly WireFill[]): VenueFill[] =>
  fills.filter((fill) => isPerpetual(fill.coin)).map((fill) => fillOf(accountId, fill));

/** Liquidated, whose other side carries the mark too, or deleveraged. */
const isTakenByVenue = (accountId: AccountId, { liquidation, dir }: WireFill): boolean =>
  liquidation?.liquidatedUser?.toLowerCase() === accountId || dir === DELEVERAGED;

/** Source: `dir` of the venue's fills, as its web page shows it; unproven against the live endpoint. */
const DELEVERAGED = 'Auto-Deleveraging';

function fillOf(accountId: AccountId, fill: WireFill): VenueFill {
  return {
    symbol: fill.coin,
    venueFillId: String(fill.tid),
    venueOrderId: venueOrderId(fill.oid),
    clientOrderId: clientIdOf(fill.cloid),
    side: fill.side,
    price: fill.px,
    size: fill.sz,
    feeUsd: fill.fee,
    closedPnlUsd: fill.closedPnl,
    liquidation: isTakenByVenue(accountId, fill),
    ...(typeof fill.startPosition === 'string' && { positionBefore: fill.startPosition }),
    time: fill.time,
  };
}
