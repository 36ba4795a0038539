import { mean, smooth, type Series } from './series.ts';

/** The value of a market that has not moved: neither side has won. TA-Lib gives 0. */
const UNMOVED = 50;

/**
 * Returns the relative strength index, 0 to 100: 100 x average gain / (average gain + average loss). Both averages are
 * Wilder's, seeded with the mean of the first `period` changes. Source: TA-Lib, `ta_RSI.c`.
 */
export function rsi(closes: readonly number[], period = 14): Series {
  const changes = closes.slice(1).map((close, index) => close - (closes[index] ?? NaN));
  const gains = wilder(
    changes.map((change) => Math.max(change, 0)),
    period,
  );
  const losses = wilder(
    changes.map((change) => Math.max(-change, 0)),
    period,
  );
  const strengths = gains.map((gain, index) => strength(gain, losses[index] ?? null));
  return closes.length === 0 ? [] : [null, ...strengths];
}

/** Returns Wilder's average: ((period - 1) x before + value) / period, seeded with the mean of the first values. */
export const wilder = (values: readonly number[], period: number): Series =>
  smooth(
    values.length,
    { first: period - 1, seed: mean(values.slice(0, period)) },
    (before, index) => (before * (period - 1) + (values[index] ?? NaN)) / period,
  );

function strength(gain: number | null, loss: number | null): number | null {
  if (gain === null || loss === null) return null;
  return gain + loss === 0 ? UNMOVED : (100 * gain) / (gain + loss);
}
