import { ema } from './ema.ts';
import type { Series } from './series.ts';

/** Moving average convergence and divergence, in units of the price. */
export interface Macd {
  macd: Series;
  signal: Series;
  histogram: Series;
}

/**
 * Returns EMA(fast) - EMA(slow), its own EMA (`signal`) and their difference (`histogram`). Both averages are seeded at
 * the candle at which the slow one begins; all three series begin where the signal does. Source: TA-Lib, `ta_MACD.c`.
 */
export function macd(closes: readonly number[], { fast = 12, slow = 26, signal = 9 } = {}): Macd {
  const start = slow - 1;
  const begin = start + signal - 1;
  const [quick, slowly] = [ema(closes, fast, start), ema(closes, slow)];
  const difference = closes.map((_close, index) => minus(quick[index], slowly[index]));
  const known = difference.slice(start).filter((value) => value !== null);
  const average = [...difference.slice(0, start).map(() => null), ...ema(known, signal)];
  return {
    macd: difference.map((value, index) => (index < begin ? null : value)),
    signal: average,
    histogram: difference.map((value, index) => minus(value, average[index])),
  };
}

const minus = (left: number | null | undefined, right: number | null | undefined): number | null =>
  typeof left === 'number' && typeof right === 'number' ? left - right : null;
