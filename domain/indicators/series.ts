/**
 * Values of an indicator, one for each candle, oldest first; null until enough candles have passed. Indicators are
 * ratios and distances for people and scores, never amounts of an order: they are `number`.
 */
export type Series = readonly (number | null)[];

/** Returns the newest value of a series; null when there is none, or it is no finite number. */
export function latest(series: Series): number | null {
  const value = series.at(-1) ?? null;
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Returns the arithmetic mean; NaN of nothing. */
export const mean = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0) / values.length;

/** Returns a series of `length` values: null before `first`, and from there on what `step` makes of the value before. */
export function smooth(
  length: number,
  { first, seed }: { first: number; seed: number },
  step: (before: number, index: number) => number,
): (number | null)[] {
  const series = Array.from<number | null>({ length }).fill(null);
  if (first >= length) return series;
  let value = seed;
  series[first] = value;
  for (let index = first + 1; index < length; index += 1) series[index] = value = step(value, index);
  return series;
}
