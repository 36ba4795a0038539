import { Amount, amount, sum, ZERO, type DecimalString } from './money.ts';

/**
 * Performance numbers. The same trades have several Sharpe ratios, so each number has its definition ({@link
 * DEFINITIONS}), shown wherever the number is. They are ratios for people, not amounts: `number`.
 */
export const DEFINITIONS = {
  winRate: 'Closed trades with a net profit above zero, over all closed trades.',
  profitFactor: 'Sum of net profits over the sum of net losses; null without a losing trade.',
  expectancyUsd: 'Mean net profit of a closed trade.',
  impactFactor: 'Win rate x mean net profit of a closed trade, in USD.',
  aprPct: 'Net profit / capital x 365 / days x 100, without compounding.',
  sharpe:
    'Mean of the daily returns of equity over their sample standard deviation (n - 1), x square root of 365; risk-free rate 0.',
  maxDrawdownUsd: 'Largest fall of equity from an earlier peak.',
  maxDrawdownPct: 'Largest fall of equity from an earlier peak, in percent of that peak.',
} as const;

export type PerformanceNumber = keyof typeof DEFINITIONS;

export interface TradeStatistics {
  trades: number;
  wins: number;
  netUsd: number;
  winRate: number | null;
  profitFactor: number | null;
  expectancyUsd: number | null;
  impactFactor: number | null;
}

/** Returns statistics over the net profits of closed trades, in USD; a number that has no meaning yet is null. */
export function tradeStatistics(netPnlsUsd: readonly (Amount | DecimalString)[]): TradeStatistics {
  const profits = netPnlsUsd.map(amount);
  const wins = profits.filter((profit) => profit.gt(0));
  const losses = profits.filter((profit) => profit.lt(0));
  const net = sum(profits);
  const counted = { trades: profits.length, wins: wins.length, netUsd: net.toNumber() };
  if (profits.length === 0) {
    return { ...counted, winRate: null, profitFactor: null, expectancyUsd: null, impactFactor: null };
  }
  const winRate = new Amount(wins.length).div(profits.length);
  const expectancy = net.div(profits.length);
  return {
    ...counted,
    winRate: winRate.toNumber(),
    profitFactor: losses.length === 0 ? null : sum(wins).div(sum(losses).abs()).toNumber(),
    expectancyUsd: expectancy.toNumber(),
    impactFactor: winRate.mul(expectancy).toNumber(),
  };
}

/** Returns the annual rate in percent of a profit made on `capitalUsd` in `days`; null without capital or time. */
export function aprPct(netPnlUsd: Amount | DecimalString, capitalUsd: Amount | DecimalString, days: number) {
  const capital = amount(capitalUsd);
  if (capital.lte(0) || days <= 0) return null;
  return amount(netPnlUsd).div(capital).mul(365).div(days).mul(100).toNumber();
}

/** Returns the Sharpe ratio of end-of-day equity; null with fewer than two returns or without variation. */
export function sharpe(dailyEquityUsd: readonly (Amount | DecimalString)[]): number | null {
  const returns = dailyReturns(dailyEquityUsd.map(amount));
  if (returns.length < 2) return null;
  const mean = sum(returns).div(returns.length);
  const squares = sum(returns.map((value) => value.sub(mean).pow(2)));
  if (squares.isZero()) return null;
  const deviation = squares.div(returns.length - 1).sqrt();
  return mean.div(deviation).mul(new Amount(365).sqrt()).toNumber();
}

/** Returns the daily returns, without the days that start with no equity. */
const dailyReturns = (equity: readonly Amount[]): Amount[] =>
  equity.slice(1).flatMap((value, index) => {
    const before = equity[index] ?? ZERO;
    return before.gt(0) ? [value.div(before).sub(1)] : [];
  });

export interface Drawdown {
  /** Largest fall in USD. */
  usd: number;
  /** Largest fall in percent of the peak before it, which may be another fall than `usd`. */
  pct: number;
}

/** Returns the largest falls of an equity curve, in USD and in percent, each from the highest value before it. */
export function maxDrawdown(equityUsd: readonly (Amount | DecimalString)[]): Drawdown {
  let [peak, usd, share] = [ZERO, ZERO, ZERO];
  for (const value of equityUsd.map(amount)) {
    peak = Amount.max(peak, value);
    const fall = peak.sub(value);
    usd = Amount.max(usd, fall);
    if (peak.gt(0)) share = Amount.max(share, fall.div(peak));
  }
  return { usd: usd.toNumber(), pct: share.mul(100).toNumber() };
}
