import type { Exchange } from '../exchange/exchange.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { Level } from '../market/synthetic-book.ts';
import type { Order } from '../orders/order.ts';
import { minOf } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import { affords } from './exposure.ts';
import { cancelOrder, finishOrder } from './order-lifecycle.ts';
import { printTrade, recordFill } from './record-fill.ts';
import type { LiquidationMethod, Match } from './record-fill.ts';

/** A price and size to trade against; `maker` is the resting order behind it, null for the synthetic book. */
interface Liquidity extends Level {
  readonly maker: Order | null;
}

/**
 * Matches a taker against the synthetic book and other users' resting orders, best price first, up to `limitPx` and
 * `maxSz`. Returns the size filled. The caller decides whether the unfilled rest stays open or ends.
 */
export function takeLiquidity(
  exchange: Exchange,
  order: Order,
  limitPx: Amount,
  maxSz: Amount,
  liquidation?: LiquidationMethod,
): Amount {
  const market = exchange.marketOf(order.asset);
  const hash = exchange.newHash();
  let left = minOf(maxSz, order.sz);
  const before = left;
  for (const { px, sz, maker } of opposing(market, order.isBuy, limitPx)) {
    if (left.lte(0)) break;
    if (maker && maker.phase !== 'resting') continue;
    if (maker?.user === order.user) {
      cancelOrder(exchange, maker, 'selfTradeCanceled');
      continue;
    }
    const quantity = minOf(left, sz);
    if (maker && !affords(exchange, maker, quantity)) {
      cancelOrder(exchange, maker, 'marginCanceled');
      continue;
    }
    trade(exchange, market, { order, maker, px, sz: quantity, hash, liquidation });
    left = left.sub(quantity);
  }
  return before.sub(left);
}

/** Fills `sz` of a resting order as maker at its own price, after the market has come through it. */
export function fillResting(exchange: Exchange, order: Order, sz: Amount): void {
  const market = exchange.marketOf(order.asset);
  if (!affords(exchange, order, sz)) {
    cancelOrder(exchange, order, 'marginCanceled');
    return;
  }
  const tid = exchange.nextTid++;
  const hash = exchange.newHash();
  recordFill(exchange, market, order, { px: order.limitPx, sz, hash, tid, crossed: false });
  printTrade(
    exchange,
    market,
    { order, maker: null, px: order.limitPx, sz, hash, liquidation: undefined },
    tid,
  );
  finishFilled(exchange, order);
}

function* opposing(market: TradedMarket, isBuy: boolean, limitPx: Amount): Generator<Liquidity> {
  const users = (isBuy ? market.orders.asks : market.orders.bids).due(limitPx.toNumber());
  const better = (a: Amount, b: Amount): boolean => (isBuy ? a.lt(b) : a.gt(b));
  let next = 0;
  for (const level of market.levels(isBuy ? 'ask' : 'bid')) {
    if (better(limitPx, level.px)) break;
    for (; next < users.length && better(users[next]!.limitPx, level.px); next++)
      yield asLiquidity(users[next]!);
    yield { ...level, maker: null };
  }
  for (; next < users.length; next++) yield asLiquidity(users[next]!);
}

function asLiquidity(maker: Order): Liquidity {
  return { px: maker.limitPx, sz: maker.sz, maker };
}

function trade(exchange: Exchange, market: TradedMarket, match: Match): void {
  const tid = exchange.nextTid++;
  const { order, maker, px, sz, hash, liquidation } = match;
  recordFill(exchange, market, order, { px, sz, hash, tid, crossed: true, liquidation });
  if (maker) {
    recordFill(exchange, market, maker, { px, sz, hash, tid, crossed: false });
    finishFilled(exchange, maker);
  }
  printTrade(exchange, market, match, tid);
}

/** Ends an order that is completely filled and announces the smaller size of one that is not. */
function finishFilled(exchange: Exchange, order: Order): void {
  if (order.sz.isZero()) finishOrder(exchange, order, 'filled');
  else if (order.phase !== 'closed') exchange.setStatus(order, 'open');
}
