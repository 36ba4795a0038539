import { positionSize } from '../accounts/account.ts';
import { Amount, minOf } from '../wire/amounts.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { cancelOrder, finishOrder, reduces } from './order-lifecycle.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { affords } from './exposure.ts';
import { takeLiquidity } from './take-liquidity.ts';

/** A market trigger order accepts prices up to this share away from the mark at which it fires. */
const SLIPPAGE_TOLERANCE = new Amount('0.1');
/** Most rounds of firing at one price. An order that fires can arm others: a filled entry arms its children. */
const MAX_ROUNDS = 10;

/** Fires every armed order whose trigger price the mark has reached, stops before targets. */
export function fireTriggers(exchange: Exchange, market: TradedMarket): void {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const due = dueOrders(market);
    if (due.length === 0) return;
    for (const order of due) if (order.phase === 'armed') fire(exchange, market, order);
  }
}

function dueOrders(market: TradedMarket): Order[] {
  const mark = market.mark.toNumber();
  const due = [...market.orders.below.due(mark), ...market.orders.above.due(mark)];
  return due.sort((a, b) => Number(a.trigger?.tpsl === 'tp') - Number(b.trigger?.tpsl === 'tp'));
}

function fire(exchange: Exchange, market: TradedMarket, order: Order): void {
  const account = exchange.accounts.get(order.user)!;
  exchange.leave(order);
  exchange.setStatus(order, 'triggered');
  const subject = { action: 'trigger', user: order.user, cloids: order.cloid ? [order.cloid] : [] };
  if (exchange.faults.take('rejectTrigger', subject)) return finishOrder(exchange, order, 'rejected');
  const held = positionSize(account, order.asset);
  if (order.reduceOnly) {
    if (!reduces(order, held)) return finishOrder(exchange, order, 'reduceOnlyCanceled');
    order.sz = minOf(order.sz, held.abs());
  } else if (!affords(exchange, order, order.sz)) {
    return finishOrder(exchange, order, 'perpMarginRejected');
  }
  if (order.trigger!.isMarket) executeMarket(exchange, market, order);
  else executeLimit(exchange, order);
}

function executeMarket(exchange: Exchange, market: TradedMarket, order: Order): void {
  const slip = market.mark.mul(SLIPPAGE_TOLERANCE);
  const limitPx = order.isBuy ? market.mark.add(slip) : market.mark.sub(slip);
  takeLiquidity(exchange, order, limitPx, order.sz);
  if (order.sz.isZero()) finishOrder(exchange, order, 'filled');
  else finishOrder(exchange, order, order.filledSz.isZero() ? 'marketOrderNoLiquidityRejected' : 'canceled');
}

function executeLimit(exchange: Exchange, order: Order): void {
  takeLiquidity(exchange, order, order.limitPx, order.sz);
  if (order.sz.isZero()) return finishOrder(exchange, order, 'filled');
  order.phase = 'resting';
  exchange.enter(order);
  exchange.setStatus(order, 'open');
}

/** Cancels all open orders of an account if its scheduled cancel is due at `nowMs`. */
export function runScheduledCancel(exchange: Exchange, user: string, nowMs: number): void {
  const account = exchange.accounts.get(user)!;
  if (account.scheduledCancelAt === null || account.scheduledCancelAt > nowMs) return;
  account.scheduledCancelAt = null;
  for (const order of exchange.openOrders(account)) cancelOrder(exchange, order, 'scheduledCancel');
  exchange.touch(account);
}
