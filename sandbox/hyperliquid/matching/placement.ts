import { positionSize } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { ZERO, minOf, roundDown, toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { bestPrices } from './best-prices.ts';
import { finishOrder, reduces } from './order-lifecycle.ts';
import { checkOrderShape, isTriggered } from '../orders/order-rules.ts';
import type { Violation } from '../orders/order-rules.ts';
import type { Builder, Order, OrderAnswer, OrderPhase, OrderRequest, OrderStatus } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { VENUE_TEXT, withAsset } from '../wire/venue-text.ts';
import { affords, exceedsTier } from './exposure.ts';
import { takeLiquidity } from './take-liquidity.ts';

const OPEN_ORDER_LIMIT = 1_000;

/** The parent and the builder of an order, and whether it belongs to a position. */
export interface Attachment {
  readonly parentOid: number | null;
  readonly isPositionTpsl: boolean;
  readonly builder: Builder | null;
}

export const UNATTACHED: Attachment = { parentOid: null, isPositionTpsl: false, builder: null };

export interface Placement {
  readonly answer: OrderAnswer;
  readonly order: Order;
}

/**
 * Checks one order, then rests, arms, fills or refuses it, and returns its answer. A refused order is kept in the
 * history, as at the venue. `onAccepted` runs once the order has an id and before it can trade.
 */
export function placeOrder(
  exchange: Exchange,
  account: Account,
  request: OrderRequest,
  attachment: Attachment = UNATTACHED,
  onAccepted?: (oid: number) => void,
): Placement {
  const market = exchange.marketOf(request.asset);
  const sized = sizeToPosition(account, request, attachment);
  const violation =
    checkOrderShape(sized, market.spec, market.oracle) ??
    checkAgainstAccount(exchange, account, market, sized);
  if (violation) return refuseOrder(exchange, account, sized, attachment, violation);
  const order = createOrder(exchange, account, sized, attachment, 'closed');
  order.sz = order.reduceOnly ? minOf(order.sz, positionSize(account, order.asset).abs()) : order.sz;
  onAccepted?.(order.oid);
  return { order, answer: order.trigger ? arm(exchange, order) : match(exchange, market, order) };
}

/** Records an attached order that waits until its parent has filled. */
export function holdBack(
  exchange: Exchange,
  account: Account,
  request: OrderRequest,
  attachment: Attachment,
): Placement {
  const order = createOrder(exchange, account, request, attachment, 'waiting');
  exchange.setStatus(order, 'open');
  return { order, answer: 'waitingForFill' };
}

/** Returns the action, account and client id by which a fault can select this order. */
export function subjectOf(
  action: string,
  account: Account,
  request: Pick<OrderRequest, 'cloid'>,
): { action: string; user: string; cloids: string[] } {
  return { action, user: account.address, cloids: request.cloid ? [request.cloid] : [] };
}

/** Returns the request with the size of the position if it is a TP/SL of the position, else unchanged. */
function sizeToPosition(
  account: Account,
  request: OrderRequest,
  { isPositionTpsl }: Attachment,
): OrderRequest {
  const held = positionSize(account, request.asset);
  return isPositionTpsl && !held.isZero() ? { ...request, sz: held.abs() } : request;
}

function checkAgainstAccount(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  request: OrderRequest,
): Violation | undefined {
  if (account.openOids.size >= OPEN_ORDER_LIMIT)
    return { text: VENUE_TEXT.tooManyOpenOrders, status: 'tooManyOpenOrdersRejected' };
  if (request.reduceOnly && !reduces(request, positionSize(account, request.asset)))
    return { text: VENUE_TEXT.reduceOnly, status: 'reduceOnlyRejected' };
  if (request.trigger)
    return isTriggered(request, market.mark)
      ? { text: VENUE_TEXT.badTriggerPx, status: 'badTriggerPxRejected' }
      : undefined;
  if (request.reduceOnly) return undefined;
  const wanted = { ...request, user: account.address };
  if (exceedsTier(exchange, wanted, request.sz))
    return { text: VENUE_TEXT.marginTier, status: 'perpMaxPositionRejected' };
  if (!affords(exchange, wanted, request.sz))
    return { text: VENUE_TEXT.insufficientMargin, status: 'perpMarginRejected' };
  return request.tif === 'Alo' ? checkPostOnly(market, request) : undefined;
}

/** Returns whether a limit order would trade at once. */
function wouldMatch(market: TradedMarket, request: Pick<OrderRequest, 'isBuy' | 'limitPx'>): boolean {
  const { bid, ask } = bestPrices(market);
  return request.isBuy ? request.limitPx.gte(ask) : request.limitPx.lte(bid);
}

/** Returns why a limit order cannot be placed as post-only, undefined if it can. */
export function checkPostOnly(market: TradedMarket, request: OrderRequest): Violation | undefined {
  if (!wouldMatch(market, request)) return undefined;
  const { bid, ask } = bestPrices(market);
  return { text: VENUE_TEXT.badAlo(bid.toFixed(), ask.toFixed()), status: 'badAloPxRejected' };
}

function createOrder(
  exchange: Exchange,
  account: Account,
  request: OrderRequest,
  attachment: Attachment,
  phase: OrderPhase,
): Order {
  const now = Date.now();
  const order: Order = {
    ...request,
    ...attachment,
    oid: exchange.nextOid++,
    user: account.address,
    coin: exchange.marketOf(request.asset).coin,
    origSz: request.sz,
    filledSz: ZERO,
    filledNtl: ZERO,
    status: 'open',
    phase,
    timestamp: now,
    statusTimestamp: now,
  };
  exchange.addOrder(order);
  exchange.changes.orders.add(order);
  return order;
}

/** Records a refused order and returns its answer, the text of the violation. */
export function refuseOrder(
  exchange: Exchange,
  account: Account,
  request: OrderRequest,
  attachment: Attachment,
  { text, status }: Violation,
): Placement {
  const order = createOrder(exchange, account, request, attachment, 'closed');
  exchange.setStatus(order, status);
  return { order, answer: { error: withAsset(text, request.asset) } };
}

function arm(exchange: Exchange, order: Order): OrderAnswer {
  order.phase = 'armed';
  exchange.enter(order);
  exchange.setStatus(order, 'open');
  if (order.isPositionTpsl || exchange.options.triggerAnswer === 'waitingForTrigger')
    return 'waitingForTrigger';
  return { resting: identity(order) };
}

function match(exchange: Exchange, market: TradedMarket, order: Order): OrderAnswer {
  const immediate = order.tif === 'Ioc' || order.tif === 'FrontendMarket';
  if (order.tif !== 'Alo')
    takeLiquidity(exchange, order, order.limitPx, fillable(exchange, market, order, immediate));
  if (order.sz.isZero() || immediate) {
    finishOrder(exchange, order, endStatus(order));
    return order.filledSz.isZero() ? { error: withAsset(unmatchedText(order), order.asset) } : filled(order);
  }
  order.phase = 'resting';
  exchange.enter(order);
  exchange.setStatus(order, 'open');
  return order.filledSz.isZero() ? { resting: identity(order) } : filled(order);
}

/** Returns the size that an order may fill at once: all of it, unless a fault limits an immediate order. */
function fillable(exchange: Exchange, market: TradedMarket, order: Order, immediate: boolean): Amount {
  if (!immediate) return order.sz;
  const subject = { action: 'order', user: order.user, cloids: order.cloid ? [order.cloid] : [] };
  const fault = exchange.faults.take('partialFill', subject);
  return fault ? roundDown(order.sz.mul(fault.fraction), market.spec.szDecimals) : order.sz;
}

function endStatus(order: Order): OrderStatus {
  if (order.sz.isZero()) return 'filled';
  if (order.filledSz.gt(0)) return 'canceled';
  return order.tif === 'FrontendMarket' ? 'marketOrderNoLiquidityRejected' : 'iocCancelRejected';
}

function unmatchedText(order: Order): string {
  return order.tif === 'FrontendMarket' ? VENUE_TEXT.noLiquidity : VENUE_TEXT.iocCancel;
}

function filled(order: Order): OrderAnswer {
  const avgPx = order.filledNtl.div(order.filledSz).toSignificantDigits(8);
  return { filled: { totalSz: toWire(order.filledSz), avgPx: toWire(avgPx), ...identity(order) } };
}

function identity(order: Order): { oid: number; cloid?: string } {
  return { oid: order.oid, ...(order.cloid && { cloid: order.cloid }) };
}
