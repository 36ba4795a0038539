import { positionSize } from '../accounts/account.ts';
import { Amount, minOf } from '../wire/amounts.ts';
import { affords, takeLiquidity } from './execution.ts';
import type { Market } from '../market/market.ts';
import { cancelOrder, finishOrder, reduces } from './order-lifecycle.ts';
import type { Order } from '../orders/order.ts';
import type { Venue } from '../exchange/exchange.ts';

/** A market TP/SL accepts prices up to this far from the mark at which it fires. */
const SLIPPAGE_TOLERANCE = new Amount('0.1');
/** A firing order can arm others (a filled entry arms its children); no chain is longer than this. */
const MAX_ROUNDS = 10;

/** Fires every armed order whose level the mark price has reached; stops go before targets. */
export function fireTriggers(venue: Venue, market: Market): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const due = dueOrders(market);
    if (due.length === 0) return;
    for (const order of due) if (order.phase === 'armed') fire(venue, market, order);
  }
}

function dueOrders(market: Market): Order[] {
  const mark = market.mark.toNumber();
  const due = [...market.orders.below.due(mark), ...market.orders.above.due(mark)];
  return due.sort((a, b) => Number(a.trigger?.tpsl === 'tp') - Number(b.trigger?.tpsl === 'tp'));
}

function fire(venue: Venue, market: Market, order: Order): void {
  const account = venue.accounts.get(order.user)!;
  venue.leave(order);
  venue.setStatus(order, 'triggered');
  const subject = { action: 'trigger', user: order.user, cloids: order.cloid ? [order.cloid] : [] };
  if (venue.faults.take('rejectTrigger', subject)) return finishOrder(venue, order, 'rejected');
  const held = positionSize(account, order.asset);
  if (order.reduceOnly) {
    if (!reduces(order, held)) return finishOrder(venue, order, 'reduceOnlyCanceled');
    order.sz = minOf(order.sz, held.abs());
  } else if (!affords(venue, order, order.sz)) {
    return finishOrder(venue, order, 'perpMarginRejected');
  }
  if (order.trigger!.isMarket) executeMarket(venue, market, order);
  else executeLimit(venue, order);
}

function executeMarket(venue: Venue, market: Market, order: Order): void {
  const slip = market.mark.mul(SLIPPAGE_TOLERANCE);
  const limitPx = order.isBuy ? market.mark.add(slip) : market.mark.sub(slip);
  takeLiquidity(venue, order, limitPx, order.sz);
  if (order.sz.isZero()) finishOrder(venue, order, 'filled');
  else finishOrder(venue, order, order.filledSz.isZero() ? 'marketOrderNoLiquidityRejected' : 'canceled');
}

function executeLimit(venue: Venue, order: Order): void {
  takeLiquidity(venue, order, order.limitPx, order.sz);
  if (order.sz.isZero()) return finishOrder(venue, order, 'filled');
  order.phase = 'resting';
  venue.enter(order);
  venue.setStatus(order, 'open');
}

/** Cancels all open orders of an account whose scheduled cancel has come. */
export function runScheduledCancel(venue: Venue, user: string, nowMs: number): void {
  const account = venue.accounts.get(user)!;
  if (account.scheduledCancelAt === null || account.scheduledCancelAt > nowMs) return;
  account.scheduledCancelAt = null;
  for (const order of venue.openOrders(account)) cancelOrder(venue, order, 'scheduledCancel');
  venue.touch(account);
}
