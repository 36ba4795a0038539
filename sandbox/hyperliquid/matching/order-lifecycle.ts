import { positionSize } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import type { Amount } from '../wire/amounts.ts';
import { minOf } from '../wire/amounts.ts';
import type { Market } from '../market/market.ts';
import type { Order, OrderStatus } from '../orders/order.ts';
import type { Venue } from '../exchange/exchange.ts';

/** Closes an order for good, and places or drops the orders that waited for it. */
export function finishOrder(venue: Venue, order: Order, status: OrderStatus): void {
  venue.leave(order);
  venue.setStatus(order, status);
  releaseChildren(venue, order);
}

/** Takes a live order back; a no-op for an order that is already closed. */
export function cancelOrder(venue: Venue, order: Order, status: OrderStatus = 'canceled'): void {
  if (order.phase !== 'closed') finishOrder(venue, order, status);
}

/**
 * Attached orders are placed only when their parent is completely filled, or when it was cut short for want of margin;
 * with a parent that ends otherwise they end too.
 */
function releaseChildren(venue: Venue, parent: Order): void {
  const children = venue.childrenOf.get(parent.oid);
  if (!children) return;
  venue.childrenOf.delete(parent.oid);
  const placed = parent.status === 'filled' || (parent.status === 'marginCanceled' && parent.filledSz.gt(0));
  for (const child of children) {
    if (child.phase !== 'waiting') continue;
    if (placed) armChild(venue, child);
    else finishOrder(venue, child, 'canceled');
  }
}

function armChild(venue: Venue, child: Order): void {
  const account = venue.accounts.get(child.user)!;
  const held = positionSize(account, child.asset);
  venue.leave(child);
  if (!reduces(child, held)) {
    venue.setStatus(child, 'reduceOnlyCanceled');
    return;
  }
  child.sz = minOf(child.sz, held.abs());
  child.phase = 'armed';
  venue.enter(child);
  venue.setStatus(child, 'open');
}

/** Whether an order on this side makes the position smaller. */
export function reduces(order: Pick<Order, 'isBuy'>, held: Amount): boolean {
  return order.isBuy ? held.lt(0) : held.gt(0);
}

/**
 * Brings an account's reduce-only orders of one coin in line with its position after `cause` traded: too large ones
 * shrink, those of a position take its size, and those with nothing left to reduce are cancelled (as siblings of the
 * order that closed it, or as plain reduce-only orders).
 */
export function reviewReduceOnly(venue: Venue, account: Account, market: Market, cause: Order): void {
  const held = positionSize(account, market.asset);
  const groupDone = cause.parentOid !== null && isGroupDone(venue, cause);
  for (const order of venue.openOrders(account, market.asset)) {
    if (!order.reduceOnly || order.phase === 'waiting' || order === cause) continue;
    const isSibling = cause.parentOid !== null && order.parentOid === cause.parentOid;
    if (!reduces(order, held))
      cancelOrder(venue, order, isSibling ? 'siblingFilledCanceled' : 'reduceOnlyCanceled');
    else if (isSibling && groupDone) cancelOrder(venue, order, 'siblingFilledCanceled');
    else if (order.isPositionTpsl) resize(venue, order, held.abs());
    else if (order.sz.gt(held.abs())) resize(venue, order, held.abs());
  }
}

/** An attached order as large as its parent's fill has, once filled, done the whole group's work. */
function isGroupDone(venue: Venue, cause: Order): boolean {
  const parent = venue.orders.get(cause.parentOid!);
  return cause.sz.isZero() && parent !== undefined && cause.filledSz.gte(parent.filledSz);
}

function resize(venue: Venue, order: Order, sz: Amount): void {
  if (order.sz.eq(sz)) return;
  order.sz = sz;
  venue.changes.orders.add(order);
}
