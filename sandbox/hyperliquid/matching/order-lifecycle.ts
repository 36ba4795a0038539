import { positionSize } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import type { Amount } from '../wire/amounts.ts';
import { minOf } from '../wire/amounts.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { Order, OrderStatus } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Ends an order with a final status, and places or cancels the orders that waited for it. */
export function finishOrder(exchange: Exchange, order: Order, status: OrderStatus): void {
  exchange.leave(order);
  exchange.setStatus(order, status);
  releaseChildren(exchange, order);
}

/** Cancels an open order. Does nothing for a closed one. */
export function cancelOrder(exchange: Exchange, order: Order, status: OrderStatus = 'canceled'): void {
  if (order.phase !== 'closed') finishOrder(exchange, order, status);
}

/**
 * Places the orders attached to a parent that filled completely, or that filled in part before its margin ran out.
 * Cancels the orders attached to a parent that ended in any other way.
 */
function releaseChildren(exchange: Exchange, parent: Order): void {
  const children = exchange.childrenOf.get(parent.oid);
  if (!children) return;
  exchange.childrenOf.delete(parent.oid);
  const placed = parent.status === 'filled' || (parent.status === 'marginCanceled' && parent.filledSz.gt(0));
  for (const child of children) {
    if (child.phase !== 'waiting') continue;
    if (placed) armChild(exchange, child);
    else finishOrder(exchange, child, 'canceled');
  }
}

function armChild(exchange: Exchange, child: Order): void {
  const account = exchange.accounts.get(child.user)!;
  const held = positionSize(account, child.asset);
  exchange.leave(child);
  if (!reduces(child, held)) {
    exchange.setStatus(child, 'reduceOnlyCanceled');
    return;
  }
  child.sz = minOf(child.sz, held.abs());
  child.phase = 'armed';
  exchange.enter(child);
  exchange.setStatus(child, 'open');
}

/** Returns whether an order on this side makes the position smaller. */
export function reduces(order: Pick<Order, 'isBuy'>, held: Amount): boolean {
  return order.isBuy ? held.lt(0) : held.gt(0);
}

/**
 * Fits an account's reduce-only orders of one coin to its position after `cause` traded. An order larger than the
 * position shrinks to it, a TP/SL of the position takes its size, and an order with nothing left to reduce is
 * cancelled: as sibling if it has the parent of `cause`, else as reduce-only.
 */
export function reviewReduceOnly(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  cause: Order,
): void {
  const held = positionSize(account, market.asset);
  const groupDone = cause.parentOid !== null && isGroupDone(exchange, cause);
  for (const order of exchange.openOrders(account, market.asset)) {
    if (!order.reduceOnly || order.phase === 'waiting' || order === cause) continue;
    const isSibling = cause.parentOid !== null && order.parentOid === cause.parentOid;
    if (!reduces(order, held))
      cancelOrder(exchange, order, isSibling ? 'siblingFilledCanceled' : 'reduceOnlyCanceled');
    else if (isSibling && groupDone) cancelOrder(exchange, order, 'siblingFilledCanceled');
    else if (order.isPositionTpsl) resize(exchange, order, held.abs());
    else if (order.sz.gt(held.abs())) resize(exchange, order, held.abs());
  }
}

/** Returns whether an attached order has filled completely and closed all that its parent had filled. */
function isGroupDone(exchange: Exchange, cause: Order): boolean {
  const parent = exchange.orders.get(cause.parentOid!);
  return cause.sz.isZero() && parent !== undefined && cause.filledSz.gte(parent.filledSz);
}

function resize(exchange: Exchange, order: Order, sz: Amount): void {
  if (order.sz.eq(sz)) return;
  order.sz = sz;
  exchange.changes.orders.add(order);
}
