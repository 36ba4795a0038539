import { ZERO, minOf, toUsd } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Market } from '../market/market.ts';
import type { Account, Position } from './account.ts';
import { leverageOf } from './margin.ts';

/** The effect of a fill on a position: its size before, the profit realised in USD, and the word `dir` of the fill. */
export interface PositionChange {
  readonly startPosition: Amount;
  readonly closedPnl: Amount;
  readonly dir: string;
}

/**
 * Changes an account's position by `sz` bought or sold at `px`. The part that reduces the position realises its profit
 * against a share of the cost, rounded to a micro-dollar. The part that increases it sets isolated margin aside.
 */
export function applyFill(
  account: Account,
  market: Market,
  isBuy: boolean,
  px: Amount,
  sz: Amount,
): PositionChange {
  const held = account.positions.get(market.asset) ?? emptyPosition(account, market);
  const startPosition = held.szi;
  const reduces = startPosition.isNeg() === isBuy && !startPosition.isZero();
  const closing = reduces ? minOf(sz, startPosition.abs()) : ZERO;
  const closedPnl = closing.isZero() ? ZERO : reducePosition(account, held, closing, px);
  const opening = sz.sub(closing);
  if (opening.gt(0)) increasePosition(account, market, held, isBuy ? opening : opening.neg(), px);
  account.closedPnl = account.closedPnl.add(closedPnl);
  held.fundingSinceChange = ZERO;
  if (held.szi.isZero()) account.positions.delete(market.asset);
  else account.positions.set(market.asset, held);
  return { startPosition, closedPnl, dir: directionOf(startPosition, held.szi, isBuy) };
}

function emptyPosition(account: Account, market: Market): Position {
  const margin = leverageOf(account, market).isCross ? null : ZERO;
  return {
    szi: ZERO,
    cost: ZERO,
    margin,
    fundingAllTime: ZERO,
    fundingSinceOpen: ZERO,
    fundingSinceChange: ZERO,
  };
}

function reducePosition(account: Account, position: Position, sz: Amount, px: Amount): Amount {
  const size = position.szi.abs();
  const share = (amount: Amount): Amount => (sz.eq(size) ? amount : toUsd(amount.mul(sz).div(size)));
  const cost = share(position.cost);
  const signed = position.szi.isNeg() ? sz.neg() : sz;
  const closedPnl = signed.mul(px).sub(cost);
  position.szi = position.szi.sub(signed);
  position.cost = position.cost.sub(cost);
  account.cash = account.cash.add(closedPnl);
  if (position.margin !== null) {
    const released = share(position.margin);
    position.margin = position.margin.sub(released);
    account.cash = account.cash.add(released);
  }
  return closedPnl;
}

function increasePosition(
  account: Account,
  market: Market,
  position: Position,
  signed: Amount,
  px: Amount,
): void {
  if (position.szi.isZero()) position.fundingSinceOpen = ZERO;
  position.szi = position.szi.add(signed);
  position.cost = position.cost.add(signed.mul(px));
  if (position.margin === null) return;
  const setAside = toUsd(signed.abs().mul(px).div(leverageOf(account, market).value));
  position.margin = position.margin.add(setAside);
  account.cash = account.cash.sub(setAside);
}

function directionOf(before: Amount, after: Amount, isBuy: boolean): string {
  if (before.gt(0) && after.lt(0)) return 'Long > Short';
  if (before.lt(0) && after.gt(0)) return 'Short > Long';
  if (isBuy) return before.lt(0) ? 'Close Short' : 'Open Long';
  return before.gt(0) ? 'Close Long' : 'Open Short';
}
