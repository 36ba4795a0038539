import { amount, decimalString, ZERO, type DecimalString } from '../money.ts';

/** Net profit of a day (UTC), and the equity that earned it. */
export interface DayResult {
  /** Start of the day, epoch ms. */
  day: number;
  netUsd: DecimalString;
  /** Equity at the start of the day; null where no reading of an account says. */
  equityUsd: DecimalString | null;
}

/** Returns net profit / equity of each day, without days of no or unknown equity. */
export const dailyReturns = (days: readonly DayResult[]): number[] =>
  days.flatMap(({ netUsd, equityUsd }) =>
    equityUsd === null || amount(equityUsd).lte(0) ? [] : [amount(netUsd).div(equityUsd).toNumber()],
  );

/** Returns the sums of net profits by day, the zero before the first day included. */
export function profitCurve(days: readonly DayResult[]): DecimalString[] {
  let total = ZERO;
  return ['0', ...days.map(({ netUsd }) => decimalString((total = total.add(netUsd))))];
}

const YEAR_DAYS = 365;

/** Returns the simple yearly return in percent; null without a day. */
export const aprPct = (returns: readonly number[]): number | null =>
  returns.length === 0 ? null : (total(returns) / returns.length) * YEAR_DAYS * 100;

/**
 * Returns the yearly Sharpe ratio: mean over sample standard deviation; null with fewer than two days or without
 * variation. As jesse computes it (github.com/jesse-ai/jesse, jesse/services/metrics.py).
 */
export function sharpe(returns: readonly number[]): number | null {
  if (returns.length < 2) return null;
  const mean = total(returns) / returns.length;
  const squares = total(returns.map((value) => (value - mean) ** 2));
  return squares < NOISE ? null : (mean / Math.sqrt(squares / (returns.length - 1))) * Math.sqrt(YEAR_DAYS);
}

/**
 * Returns the yearly Sortino ratio: mean over the root mean square of what is below zero; null without a losing day.
 * As jesse computes it.
 */
export function sortino(returns: readonly number[]): number | null {
  const squares = total(returns.map((value) => Math.min(value, 0) ** 2));
  if (squares < NOISE) return null;
  return (total(returns) / returns.length / Math.sqrt(squares / returns.length)) * Math.sqrt(YEAR_DAYS);
}

/** Squares of returns below it are rounding, not variation. */
const NOISE = 1e-24;

/** Returns the curve of one unit that grows by the returns, the unit before the first day included. */
export function growthCurve(returns: readonly number[]): number[] {
  let value = 1;
  return [1, ...returns.map((each) => (value *= 1 + each))];
}

/** Returns the compounded yearly return of a growth factor over `days`; -1 for a total loss. */
export const annualised = (growth: number, days: number): number =>
  growth <= 0 ? -1 : growth ** (YEAR_DAYS / days) - 1;

/** Returns the compounded yearly return over the largest drawdown (`drawdownShare`, 0 to 1); null without one. */
export function calmar(returns: readonly number[], drawdownShare: number): number | null {
  if (returns.length === 0 || drawdownShare <= 0) return null;
  return annualised(growthCurve(returns).at(-1) ?? 1, returns.length) / drawdownShare;
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
