import { mean, smooth, type Series } from './series.ts';

/**
 * Returns the exponential moving average: k = 2 / (period + 1), seeded with the mean of the first `period` values.
 * With `from`, the mean that seeds it ends at that index. Source: TA-Lib, `ta_EMA.c`.
 */
export function ema(values: readonly number[], period: number, from = period - 1): Series {
  const k = 2 / (period + 1);
  const seed = mean(values.slice(from - period + 1, from + 1));
  return smooth(
    values.length,
    { first: from, seed },
    (before, index) => before + k * (at(values, index) - before),
  );
}

const at = (values: readonly number[], index: number): number => values[index] ?? NaN;
