import { bookFill, leverageOf, notionalOf, positionSize, summarise } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { Amount, ZERO, maxOf, minOf, toUsd, toWire } from '../wire/amounts.ts';
import type { Level } from '../market/synthetic-book.ts';
import type { Market, TradePrint } from '../market/market.ts';
import { cancelOrder, finishOrder, reviewReduceOnly } from './order-lifecycle.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Fee rates of the lowest tier, perpetuals. */
export const TAKER_FEE = new Amount('0.00045');
export const MAKER_FEE = new Amount('0.00015');
const BUILDER_FEE_UNIT = new Amount('0.00001');
/** The counterparty of a fill against the synthetic book. */
const MARKET_MAKER = '0x00000000000000000000000000000000000000aa';

/** How a position was taken away from its owner; carried on the fill. */
export type LiquidationMethod = 'market' | 'backstop';

/** Whose position an order would change, and which way. */
type Exposure = Pick<Order, 'user' | 'asset' | 'isBuy'>;

interface Liquidity extends Level {
  readonly maker: Order | null;
}

/**
 * Matches a taker against the synthetic book and other users' resting orders, best price first, up to `limitPx` and
 * `maxSz`. Returns the size filled. The order's own state moves; whether its rest stays or goes is the caller's.
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
    settle(exchange, market, { order, maker, px, sz: quantity, hash, liquidation });
    left = left.sub(quantity);
  }
  return before.sub(left);
}

/** Fills a resting order as maker at its own price because the market came through it. */
export function fillResting(exchange: Exchange, order: Order, sz: Amount): void {
  const market = exchange.marketOf(order.asset);
  if (!affords(exchange, order, sz)) {
    cancelOrder(exchange, order, 'marginCanceled');
    return;
  }
  const tid = exchange.nextTid++;
  const hash = exchange.newHash();
  book(exchange, market, order, { px: order.limitPx, sz, hash, tid, crossed: false });
  print(exchange, market, { order, maker: null, px: order.limitPx, sz, hash, liquidation: undefined }, tid);
  finishFilled(exchange, order);
}

/** USD of additional margin that an account needs before it may trade `sz` more; zero or less when exposure shrinks. */
export function affords(exchange: Exchange, order: Exposure, sz: Amount): boolean {
  const account = exchange.accounts.get(order.user)!;
  const market = exchange.marketOf(order.asset);
  const held = positionSize(account, order.asset);
  const after = held.add(order.isBuy ? sz : sz.neg());
  const growth = after.abs().sub(held.abs());
  if (growth.lte(0)) return true;
  const needed = growth.mul(market.mark).div(leverageOf(account, market).value);
  return needed.lte(summarise(account, exchange.byAsset).available);
}

/** Whether the position after trading `sz` more would be too large for the leverage it has. */
export function exceedsTier(exchange: Exchange, order: Exposure, sz: Amount): boolean {
  const account = exchange.accounts.get(order.user)!;
  const market = exchange.marketOf(order.asset);
  const held = positionSize(account, order.asset);
  const after = held.add(order.isBuy ? sz : sz.neg());
  if (after.abs().lte(held.abs())) return false;
  return leverageOf(account, market).value > market.maxLeverageAt(after.abs().mul(market.mark));
}

function* opposing(market: Market, isBuy: boolean, limitPx: Amount): Generator<Liquidity> {
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

interface Match {
  readonly order: Order;
  readonly maker: Order | null;
  readonly px: Amount;
  readonly sz: Amount;
  readonly hash: string;
  readonly liquidation: LiquidationMethod | undefined;
}

function settle(exchange: Exchange, market: Market, match: Match): void {
  const tid = exchange.nextTid++;
  const { order, maker, px, sz, hash, liquidation } = match;
  book(exchange, market, order, { px, sz, hash, tid, crossed: true, liquidation });
  if (maker) {
    book(exchange, market, maker, { px, sz, hash, tid, crossed: false });
    finishFilled(exchange, maker);
  }
  print(exchange, market, match, tid);
}

/** The order stays open with less, or is done; either way its owner hears of it. */
function finishFilled(exchange: Exchange, order: Order): void {
  if (order.sz.isZero()) finishOrder(exchange, order, 'filled');
  else if (order.phase !== 'closed') exchange.setStatus(order, 'open');
}

interface Execution {
  readonly px: Amount;
  readonly sz: Amount;
  readonly hash: string;
  readonly tid: number;
  readonly crossed: boolean;
  readonly liquidation?: LiquidationMethod | undefined;
}

function book(exchange: Exchange, market: Market, order: Order, execution: Execution): void {
  const account = exchange.accounts.get(order.user)!;
  const { px, sz, hash, tid, crossed, liquidation } = execution;
  const notional = px.mul(sz);
  const builderFee = order.builder ? toUsd(notional.mul(BUILDER_FEE_UNIT).mul(order.builder.fee)) : ZERO;
  const rate = (crossed ? TAKER_FEE : MAKER_FEE).mul(market.feeScale);
  const fee = toUsd(notional.mul(rate)).add(builderFee);
  const { startPosition, closedPnl, dir } = bookFill(account, market, order.isBuy, px, sz);
  account.cash = account.cash.sub(fee);
  account.fees = account.fees.add(fee);
  account.volume = account.volume.add(notional);
  order.sz = order.sz.sub(sz);
  order.filledSz = order.filledSz.add(sz);
  order.filledNtl = order.filledNtl.add(notional);
  exchange.changes.orders.add(order);
  trackHolding(market, account);
  exchange.addFill(account, {
    coin: order.coin,
    px: toWire(px),
    sz: toWire(sz),
    side: order.isBuy ? 'B' : 'A',
    time: Date.now(),
    startPosition: toWire(startPosition),
    dir,
    closedPnl: toWire(closedPnl),
    hash,
    oid: order.oid,
    crossed,
    fee: toWire(fee),
    ...(order.builder && { builderFee: toWire(builderFee) }),
    tid,
    feeToken: 'USDC',
    ...(order.cloid && { cloid: order.cloid }),
    ...(liquidation && {
      liquidation: { liquidatedUser: order.user, markPx: toWire(market.mark), method: liquidation },
    }),
    twapId: null,
  });
  reviewReduceOnly(exchange, account, market, order);
}

/** Keeps the market's list of position holders right after an account's position changed. */
export function trackHolding(market: Market, account: Account): void {
  if (account.positions.has(market.asset)) market.holders.add(account);
  else market.holders.delete(account);
  market.liquidationMarks.delete(account);
}

function print(exchange: Exchange, market: Market, { order, maker, px, sz, hash }: Match, tid: number): void {
  const now = Date.now();
  market.dayNotional = market.dayNotional.add(px.mul(sz));
  market.dayBase = market.dayBase.add(sz);
  market.candles.trade(sz, px, now);
  exchange.changes.markets.add(market);
  const other = maker?.user ?? MARKET_MAKER;
  const trade: TradePrint = {
    coin: market.coin,
    side: order.isBuy ? 'B' : 'A',
    px: toWire(px),
    sz: toWire(sz),
    time: now,
    hash,
    tid,
    users: order.isBuy ? [order.user, other] : [other, order.user],
  };
  market.addTrade(trade);
  exchange.changes.prints.push(trade);
}

/** Sum of open position sizes of all accounts on one coin, halved as each contract has two sides. */
export function openInterest(market: Market): Amount {
  let total: Amount = ZERO;
  for (const account of market.holders) total = total.add(positionSize(account, market.asset).abs());
  return maxOf(total, ZERO);
}

/** Notional of an account's position on one coin at the mark. */
export function positionNotional(account: Account, market: Market): Amount {
  const position = account.positions.get(market.asset);
  return position ? notionalOf(position, market.mark) : ZERO;
}
