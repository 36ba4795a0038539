import { mean, type Series } from './series.ts';

/** Bollinger bands, in units of the price. */
export interface BollingerBands {
  upper: Series;
  middle: Series;
  lower: Series;
}

/**
 * Returns the mean of the last `period` closes, and that mean plus and minus `width` population deviations. Source:
 * TA-Lib, `ta_BBANDS.c`.
 */
export function bollinger(closes: readonly number[], period = 20, width = 2): BollingerBands {
  const windows = closes.map((_close, index) =>
    index < period - 1 ? null : closes.slice(index - period + 1, index + 1),
  );
  const middle = windows.map((window) => window && mean(window));
  const reach = windows.map((window) => window && width * deviation(window));
  const shifted = (sign: 1 | -1) =>
    middle.map((value, index) => (value === null ? null : value + sign * (reach[index] ?? NaN)));
  return { upper: shifted(1), middle, lower: shifted(-1) };
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
