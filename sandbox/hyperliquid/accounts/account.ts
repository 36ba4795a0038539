import { ZERO, maxOf, minOf, toUsd } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Market, MarketsById } from '../market/market.ts';
import type { WireFill, WireFunding, WireLedgerEntry } from '../orders/order.ts';

export interface Leverage {
  readonly isCross: boolean;
  readonly value: number;
}

/** An open position; `cost` is what it was bought for (negative when short), so that sums stay exact. */
export interface Position {
  szi: Amount;
  cost: Amount;
  /** USD set aside for an isolated position; null when cross. */
  margin: Amount | null;
  fundingAllTime: Amount;
  fundingSinceOpen: Amount;
  fundingSinceChange: Amount;
}

export interface Agent {
  readonly address: string;
  /** Empty for the one unnamed agent. */
  readonly name: string;
  readonly validUntil: number;
}

/** One trading account. `cash` plus isolated margins plus unrealised profit is its value, to the micro-dollar. */
export interface Account {
  readonly address: string;
  readonly master: string | null;
  readonly name: string;
  cash: Amount;
  /** Deposits and incoming transfers less withdrawals and outgoing ones. */
  deposited: Amount;
  closedPnl: Amount;
  fees: Amount;
  funding: Amount;
  spotUsd: Amount;
  volume: Amount;
  requests: number;
  readonly positions: Map<number, Position>;
  readonly leverage: Map<number, Leverage>;
  agents: Agent[];
  /** Addresses that were agents once: the venue takes none of them again. */
  readonly formerAgents: string[];
  /** Approved builder fee in tenths of a basis point, by builder. */
  readonly builderFees: Map<string, number>;
  abstraction: string;
  scheduledCancelAt: number | null;
  readonly fills: WireFill[];
  readonly fundings: WireFunding[];
  readonly ledger: WireLedgerEntry[];
  readonly openOids: Set<number>;
  readonly history: number[];
  readonly oidByCloid: Map<string, number>;
}

export function newAccount(address: string, master: string | null = null, name = ''): Account {
  return {
    address,
    master,
    name,
    cash: ZERO,
    deposited: ZERO,
    closedPnl: ZERO,
    fees: ZERO,
    funding: ZERO,
    spotUsd: ZERO,
    volume: ZERO,
    requests: 0,
    positions: new Map(),
    leverage: new Map(),
    agents: [],
    formerAgents: [],
    builderFees: new Map(),
    abstraction: 'disabled',
    scheduledCancelAt: null,
    fills: [],
    fundings: [],
    ledger: [],
    openOids: new Set(),
    history: [],
    oidByCloid: new Map(),
  };
}

export function leverageOf(account: Account, market: Market): Leverage {
  const set = account.leverage.get(market.asset);
  if (set) return set;
  const isCross = !market.spec.onlyIsolated;
  return { isCross, value: Math.min(20, market.spec.maxLeverage) };
}

/** Signed size of an account's position, zero when flat. */
export function positionSize(account: Account, asset: number): Amount {
  return account.positions.get(asset)?.szi ?? ZERO;
}

export function unrealisedPnl(position: Position, mark: Amount): Amount {
  return position.szi.mul(mark).sub(position.cost);
}

export function notionalOf(position: Position, mark: Amount): Amount {
  return position.szi.abs().mul(mark);
}

/** Value of an isolated position on its own: what was set aside plus what it has gained. */
export function isolatedEquity(position: Position, mark: Amount): Amount {
  return (position.margin ?? ZERO).add(unrealisedPnl(position, mark));
}

/** Totals of an account at the current marks, all in USD. */
export interface MarginSummary {
  /** Value of everything: cash, isolated margins and unrealised profit. */
  readonly accountValue: Amount;
  readonly crossValue: Amount;
  readonly totalNotional: Amount;
  readonly crossNotional: Amount;
  readonly totalMarginUsed: Amount;
  readonly crossMarginUsed: Amount;
  readonly crossMaintenance: Amount;
  /** What new cross exposure may still use. */
  readonly available: Amount;
  readonly withdrawable: Amount;
}

export function summarise(account: Account, markets: MarketsById): MarginSummary {
  let [crossValue, isolatedValue, crossNotional, isolatedNotional] = [account.cash, ZERO, ZERO, ZERO];
  let [crossMarginUsed, isolatedUsed, crossMaintenance] = [ZERO, ZERO, ZERO];
  for (const [asset, position] of account.positions) {
    const market = markets.get(asset)!;
    const notional = notionalOf(position, market.mark);
    if (position.margin === null) {
      crossValue = crossValue.add(unrealisedPnl(position, market.mark));
      crossNotional = crossNotional.add(notional);
      crossMarginUsed = crossMarginUsed.add(toUsd(notional.div(leverageOf(account, market).value)));
      crossMaintenance = crossMaintenance.add(market.maintenance(notional));
    } else {
      const equity = isolatedEquity(position, market.mark);
      isolatedValue = isolatedValue.add(equity);
      isolatedUsed = isolatedUsed.add(equity);
      isolatedNotional = isolatedNotional.add(notional);
    }
  }
  const transferMargin = maxOf(crossMarginUsed, toUsd(crossNotional.mul('0.1')));
  return {
    accountValue: crossValue.add(isolatedValue),
    crossValue,
    totalNotional: crossNotional.add(isolatedNotional),
    crossNotional,
    totalMarginUsed: crossMarginUsed.add(isolatedUsed),
    crossMarginUsed,
    crossMaintenance,
    available: crossValue.sub(crossMarginUsed),
    withdrawable: maxOf(ZERO, crossValue.sub(transferMargin)),
  };
}

/** What a fill did to a position. */
export interface PositionChange {
  readonly startPosition: Amount;
  readonly closedPnl: Amount;
  readonly dir: string;
}

/**
 * Books `sz` bought or sold at `px`. The part that reduces realises profit against its share of the cost (rounded to a
 * micro-dollar, the rest stays with the position); the part that opens sets isolated margin aside.
 */
export function bookFill(
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
