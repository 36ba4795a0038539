import { ZERO, minOf } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import { toMarkPx } from '../market/synthetic-book.ts';
import { liquidateHolders } from './liquidation.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { fireTriggers } from './triggers.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { fillResting } from './take-liquidity.ts';

/**
 * Sets a coin's mark price, fills resting orders that it came through, fires triggers that it reached and liquidates
 * positions. All of it is committed as one set of changes, so that streams receive every tick in order.
 */
export function setMark(exchange: Exchange, market: TradedMarket, px: Amount): void {
  const mark = toMarkPx(px, market.spec.szDecimals);
  if (mark.lte(0)) return;
  market.mark = mark;
  market.candles.mark(mark, Date.now());
  exchange.changes.markets.add(market);
  exchange.changes.ticks.push(market);
  matchResting(exchange, market);
  fireTriggers(exchange, market);
  liquidateHolders(exchange, market);
  exchange.commit();
}

function matchResting(exchange: Exchange, market: TradedMarket): void {
  const { asks, bids } = market.orders;
  if (bids.nearest() > 0) {
    const ask = market.best('ask').toNumber();
    for (const order of bids.due(ask)) fillUpTo(exchange, order, depth(market, 'ask', order));
  }
  if (asks.nearest() < Infinity) {
    const bid = market.best('bid').toNumber();
    for (const order of asks.due(bid)) fillUpTo(exchange, order, depth(market, 'bid', order));
  }
}

function fillUpTo(exchange: Exchange, order: Order, available: Amount): void {
  if (order.phase === 'resting' && available.gt(0)) fillResting(exchange, order, minOf(order.sz, available));
}

/** Returns the size that the synthetic book offers a resting order at its price or better, at most its size. */
function depth(market: TradedMarket, side: 'bid' | 'ask', order: Order): Amount {
  let total: Amount = ZERO;
  for (const { px, sz } of market.levels(side)) {
    if (side === 'ask' ? px.gt(order.limitPx) : px.lt(order.limitPx)) break;
    total = total.add(sz);
    if (total.gte(order.sz)) break;
  }
  return total;
}
