import type { Account, Position } from '../accounts/account.ts';
import { Amount, ZERO, toWire } from '../wire/amounts.ts';
import { ledgerEntry } from '../exchange/ledger.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { liquidationPx } from '../accounts/liquidation-price.ts';
import { cancelOrder } from './order-lifecycle.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isolatedEquity, notionalOf, summarise, unrealisedPnl } from '../accounts/margin.ts';
import { trackHolding } from './record-fill.ts';
import { takeLiquidity } from './take-liquidity.ts';

/** An account whose value is below this share of its maintenance margin loses its position to the venue's vault. */
const BACKSTOP_SHARE = new Amount(2).div(3);

/** A position is checked exactly once the mark is within this share of its liquidation price. */
const SAFE_DISTANCE = 0.01;

/** Liquidates every account that no longer has the maintenance margin of its position at the market's new mark. */
export function liquidateHolders(exchange: Exchange, market: TradedMarket): void {
  for (const account of Array.from(market.holders)) {
    const position = account.positions.get(market.asset);
    if (!position || isSafe(exchange, account, market, position)) continue;
    if (position.margin === null) liquidateCross(exchange, account);
    else liquidateIsolated(exchange, account, market, position);
  }
}

/**
 * Returns whether one comparison shows that the mark is far from the position's liquidation price. It keeps that price
 * only for isolated positions and single cross positions in the lowest margin tier: it is constant for them between
 * trades. Returns false if it cannot tell.
 */
function isSafe(exchange: Exchange, account: Account, market: TradedMarket, position: Position): boolean {
  if (position.margin === null && account.positions.size > 1) return false;
  let breaksAt = market.liquidationMarks.get(account);
  if (breaksAt === undefined) {
    if (!isInLowestTier(market, position)) return false;
    const isLong = position.szi.gt(0);
    breaksAt = liquidationPx(account, market, exchange.byAsset)?.toNumber() ?? (isLong ? 0 : Infinity);
    market.liquidationMarks.set(account, breaksAt);
  }
  const mark = market.mark.toNumber();
  return position.szi.isNeg() ? mark < breaksAt * (1 - SAFE_DISTANCE) : mark > breaksAt * (1 + SAFE_DISTANCE);
}

function isInLowestTier(market: TradedMarket, position: Position): boolean {
  const next = market.tiers[1];
  return next === undefined || notionalOf(position, market.mark).mul(4).lt(next.lowerBound);
}

function liquidateIsolated(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  position: Position,
): void {
  const equity = isolatedEquity(position, market.mark);
  const maintenance = market.maintenance(notionalOf(position, market.mark));
  if (equity.gte(maintenance)) return;
  announce(exchange, account, 'Isolated', notionalOf(position, market.mark), equity, [
    [market.asset, position],
  ]);
  cancelAll(exchange, account, market.asset);
  if (equity.gte(maintenance.mul(BACKSTOP_SHARE))) sellOff(exchange, account, market, position.szi);
  const left = account.positions.get(market.asset);
  if (left && isolatedEquity(left, market.mark).lt(market.maintenance(notionalOf(left, market.mark))))
    takeOver(exchange, account, market, left, isolatedEquity(left, market.mark));
}

function liquidateCross(exchange: Exchange, account: Account): void {
  const { crossValue, crossMaintenance, crossNotional } = summarise(account, exchange.byAsset);
  if (crossValue.gte(crossMaintenance)) return;
  announce(exchange, account, 'Cross', crossNotional, crossValue, crossPositions(account));
  cancelAll(exchange, account);
  if (crossValue.gte(crossMaintenance.mul(BACKSTOP_SHARE))) {
    for (const [asset, position] of crossPositions(account))
      sellOff(exchange, account, exchange.marketOf(asset), position.szi);
  }
  const after = summarise(account, exchange.byAsset);
  if (after.crossValue.lt(after.crossMaintenance)) takeOverAll(exchange, account);
}

function crossPositions(account: Account): [number, Position][] {
  return [...account.positions].filter(([, position]) => position.margin === null);
}

/** Moves every cross position to the vault at the mark, and with the last one the rest of the account's value. */
function takeOverAll(exchange: Exchange, account: Account): void {
  const positions = crossPositions(account);
  positions.forEach(([asset, position], i) => {
    const isLast = i === positions.length - 1;
    const kept = isLast ? summarise(account, exchange.byAsset).crossValue : ZERO;
    takeOver(exchange, account, exchange.marketOf(asset), position, kept);
  });
}

function sellOff(exchange: Exchange, account: Account, market: TradedMarket, szi: Amount): void {
  const order = liquidationOrder(exchange, account, market, szi);
  const tolerance = market.mark.mul('0.1');
  takeLiquidity(
    exchange,
    order,
    order.isBuy ? market.mark.add(tolerance) : market.mark.sub(tolerance),
    order.sz,
    'market',
  );
  exchange.setStatus(order, order.sz.isZero() ? 'filled' : 'canceled');
}

/** Moves a position to the vault together with `equity` USD of the account's value. No fee is charged. */
function takeOver(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  position: Position,
  equity: Amount,
): void {
  const { szi } = position;
  const order = liquidationOrder(exchange, account, market, szi);
  const closedPnl = unrealisedPnl(position, market.mark).sub(equity);
  account.cash = account.cash.add(closedPnl).add(position.margin ?? ZERO);
  account.closedPnl = account.closedPnl.add(closedPnl);
  account.positions.delete(market.asset);
  trackHolding(market, account);
  order.filledSz = order.sz;
  order.sz = ZERO;
  exchange.addFill(account, {
    coin: market.coin,
    px: toWire(closedPnl.add(position.cost).div(szi).toSignificantDigits(10)),
    sz: toWire(order.filledSz),
    side: order.isBuy ? 'B' : 'A',
    time: Date.now(),
    startPosition: toWire(szi),
    dir: order.isBuy ? 'Close Short' : 'Close Long',
    closedPnl: toWire(closedPnl),
    hash: exchange.newHash(),
    oid: order.oid,
    crossed: true,
    fee: '0.0',
    tid: exchange.nextTid++,
    feeToken: 'USDC',
    liquidation: { liquidatedUser: account.address, markPx: toWire(market.mark), method: 'backstop' },
    twapId: null,
  });
  exchange.setStatus(order, 'filled');
}

/** Records and returns an order of the venue itself that takes a position away from its owner. */
export function liquidationOrder(
  exchange: Exchange,
  account: Account,
  market: TradedMarket,
  szi: Amount,
): Order {
  const now = Date.now();
  const order: Order = {
    oid: exchange.nextOid++,
    user: account.address,
    asset: market.asset,
    coin: market.coin,
    isBuy: szi.isNeg(),
    limitPx: market.mark,
    origSz: szi.abs(),
    sz: szi.abs(),
    filledSz: ZERO,
    filledNtl: ZERO,
    reduceOnly: true,
    tif: 'LiquidationMarket',
    trigger: null,
    cloid: null,
    status: 'open',
    phase: 'closed',
    timestamp: now,
    statusTimestamp: now,
    parentOid: null,
    isPositionTpsl: false,
    builder: null,
  };
  exchange.addOrder(order);
  return order;
}

function cancelAll(exchange: Exchange, account: Account, asset?: number): void {
  for (const order of exchange.openOrders(account, asset)) cancelOrder(exchange, order, 'liquidatedCanceled');
}

function announce(
  exchange: Exchange,
  account: Account,
  leverageType: 'Cross' | 'Isolated',
  notional: Amount,
  value: Amount,
  positions: readonly [number, Position][],
): void {
  exchange.changes.events.push({
    account,
    event: {
      liquidation: {
        lid: exchange.nextTid++,
        liquidator: '0x0000000000000000000000000000000000000000',
        liquidated_user: account.address,
        liquidated_ntl_pos: toWire(notional),
        liquidated_account_value: toWire(value),
      },
    },
  });
  const entry = ledgerEntry(exchange, {
    type: 'liquidation',
    liquidatedNtlPos: toWire(notional),
    accountValue: toWire(value),
    leverageType,
    liquidatedPositions: positions.map(([asset, { szi }]) => ({
      coin: exchange.marketOf(asset).coin,
      szi: toWire(szi),
    })),
  });
  exchange.enterInLedger(account, entry);
}
