import type { Side } from '../ids.ts';

/** Of the prices that are given, the one a position comes to first as its profit grows. */
export const nearestBetter = (side: Side, ...prices: (number | null)[]): number | null =>
  side === 'long' ? least(prices) : greatest(prices);

/** Of the prices that are given, the one a position comes to first as its profit shrinks. */
export const nearestWorse = (side: Side, ...prices: (number | null)[]): number | null =>
  side === 'long' ? greatest(prices) : least(prices);

/** The earliest of the times that are given. */
export const soonest = (...times: (number | null)[]): number | null => least(times);

function least(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : Math.min(...given);
}

function greatest(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : Math.max(...given);
}
