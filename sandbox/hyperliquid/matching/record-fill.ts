import type { Account } from '../accounts/account.ts';
import { applyFill } from '../accounts/apply-fill.ts';
import { rateOf } from '../accounts/fee-rates.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { TradePrint } from '../market/market.ts';
import type { Order } from '../orders/order.ts';
import { Amount, ZERO, toUsd, toWire } from '../wire/amounts.ts';
import { reviewReduceOnly } from './order-lifecycle.ts';

const BUILDER_FEE_UNIT = new Amount('0.00001');
/** The address that is the counterparty of every fill against the synthetic book. */
const MARKET_MAKER = '0x00000000000000000000000000000000000000aa';

/** The way a position was liquidated, as the fill names it. */
export type LiquidationMethod = 'market' | 'backstop';

/** One execution of a taker against a maker, or against the synthetic book if `maker` is null. */
export interface Match {
  readonly order: Order;
  readonly maker: Order | null;
  readonly px: Amount;
  readonly sz: Amount;
  readonly hash: string;
  readonly liquidation: LiquidationMethod | undefined;
}

/** Price, size and ids of one execution; `crossed` is true for the taker. */
interface Execution {
  readonly px: Amount;
  readonly sz: Amount;
  readonly hash: string;
  readonly tid: number;
  readonly crossed: boolean;
  readonly liquidation?: LiquidationMethod | undefined;
}

/** Changes order, account and market by one execution, and adds the fill to the account's fills. */
export function recordFill(
  exchange: Exchange,
  market: TradedMarket,
  order: Order,
  execution: Execution,
): void {
  const account = exchange.accounts.get(order.user)!;
  const { px, sz, hash, tid, crossed, liquidation } = execution;
  const notional = px.mul(sz);
  const builderFee = order.builder ? toUsd(notional.mul(BUILDER_FEE_UNIT).mul(order.builder.fee)) : ZERO;
  const rate = rateOf(account.feeRates, crossed).mul(market.feeScale);
  const fee = toUsd(notional.mul(rate)).add(builderFee);
  const { startPosition, closedPnl, dir } = applyFill(account, market, order.isBuy, px, sz);
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

/** Updates the market's list of position holders after an account's position has changed. */
export function trackHolding(market: TradedMarket, account: Account): void {
  if (account.positions.has(market.asset)) market.holders.add(account);
  else market.holders.delete(account);
  market.liquidationMarks.delete(account);
}

/** Adds a match to the candles and the trades of its market. */
export function printTrade(
  exchange: Exchange,
  market: TradedMarket,
  { order, maker, px, sz, hash }: Match,
  tid: number,
): void {
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
