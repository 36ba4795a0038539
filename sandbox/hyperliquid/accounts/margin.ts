import { ZERO, maxOf, toUsd } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Market, MarketsById } from '../market/market.ts';
import type { Account, Leverage, Position } from './account.ts';

/** Returns the leverage set for a market; unset it is cross where allowed, at 20 or the market's highest. */
export function leverageOf(account: Account, market: Market): Leverage {
  const set = account.leverage.get(market.asset);
  if (set) return set;
  const isCross = !market.spec.onlyIsolated;
  return { isCross, value: Math.min(20, market.spec.maxLeverage) };
}

/** Returns the unrealised profit of a position in USD at this mark. */
export function unrealisedPnl(position: Position, mark: Amount): Amount {
  return position.szi.mul(mark).sub(position.cost);
}

/** Returns the value of a position in USD at this mark, never negative. */
export function notionalOf(position: Position, mark: Amount): Amount {
  return position.szi.abs().mul(mark);
}

/** Returns the value of an isolated position in USD: the margin set aside plus its unrealised profit. */
export function isolatedEquity(position: Position, mark: Amount): Amount {
  return (position.margin ?? ZERO).add(unrealisedPnl(position, mark));
}

/** Totals of an account at the current marks, in USD. */
export interface MarginSummary {
  /** Value of everything: cash, isolated margins and unrealised profit. */
  readonly accountValue: Amount;
  readonly crossValue: Amount;
  readonly totalNotional: Amount;
  readonly crossNotional: Amount;
  readonly totalMarginUsed: Amount;
  readonly crossMarginUsed: Amount;
  readonly crossMaintenance: Amount;
  /** Margin that is free for new cross positions. */
  readonly available: Amount;
  /** Cash that may leave: the rest after the larger of the margin in use and a tenth of the cross notional. */
  readonly withdrawable: Amount;
}

/** Returns the totals of an account at the current marks. */
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
