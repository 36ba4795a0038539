import { amount, decimalString } from '#domain/money.ts';
import { asId, type AccountId, type ClientOrderId, type VenueOrderId } from '#domain/ids.ts';
import type { OrderReport, OrderStatus } from '#domain/order.ts';
import type { OrderRequest, VenueFill, VenueOpenOrder } from '../venue.ts';
import { codeOfStatusWord, readRefusal } from './refusals.ts';
import type { WireFill, WireOpenOrder, WireOrderAnswer } from './schemas.ts';

/** An order as the `order` and `batchModify` actions carry it. */
export interface WireOrder {
  a: number;
  b: boolean;
  p: string;
  s: string;
  r: boolean;
  t: { limit: { tif: 'Ioc' } } | { trigger: { isMarket: true; triggerPx: string; tpsl: 'tp' | 'sl' } };
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
    t: order.kind === 'ioc' ? { limit: { tif: 'Ioc' } } : { trigger: triggerOf(order) },
    c: order.clientOrderId,
  };
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
    return { ...report, status: 'rejected', code: readRefusal(answer.error).code, text: answer.error };
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

/** The venue's word on an order that was looked up. It does not tell average prices: fills do. */
export function reportOfStatus(order: WireOpenOrder, word: string): OrderReport {
  const filled = amount(order.origSz).sub(amount(order.sz));
  const { status, filledSize } = statusOfWord(word, order.origSz, decimalString(filled));
  const refused = status === 'canceled' || status === 'rejected';
  return {
    clientOrderId: clientIdOf(order.cloid),
    venueOrderId: venueOrderId(order.oid),
    status,
    size: order.origSz,
    filledSize,
    averagePrice: null,
    code: refused ? codeOfStatusWord(word) : null,
    text: refused || word === 'triggered' ? word : null,
  };
}

function statusOfWord(
  word: string,
  size: string,
  filled: string,
): { status: OrderStatus; filledSize: string } {
  const some = filled !== '0';
  switch (word) {
    case 'open':
    case 'waitingForTrigger':
      return { status: some ? 'partly_filled' : 'resting', filledSize: filled };
    case 'waitingForFill':
      return { status: 'waiting', filledSize: '0' };
    case 'filled':
      return { status: 'filled', filledSize: size };
    case 'triggered':
      // Being executed: it can still fill, and the remaining size says nothing until it has.
      return { status: 'resting', filledSize: '0' };
    default:
      // An order that filled in part was not refused, whatever word the venue ended it with.
      return { status: word.endsWith('ejected') && !some ? 'rejected' : 'canceled', filledSize: filled };
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
const isPerpetual = (coin: string): boolean => !coin.startsWith('@') && !coin.includes('/');

/** The fills in perpetuals among these, in the order given. */
export const fillsOf = (accountId: AccountId, fills: readonly WireFill[]): VenueFill[] =>
  fills.filter((fill) => isPerpetual(fill.coin)).map((fill) => fillOf(accountId, fill));

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
    // The other side of a liquidation carries the same mark.
    liquidation: fill.liquidation?.liquidatedUser?.toLowerCase() === accountId,
    time: fill.time,
  };
}
