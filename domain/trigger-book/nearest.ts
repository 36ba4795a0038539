import type { Side } from '../ids.ts';

/** Returns the price that a position reaches first as its profit grows; null when all are null. */
export const nearestBetter = (side: Side, ...prices: (number | null)[]): number | null =>
  side === 'long' ? least(prices) : greatest(prices);

/** Returns the price that a position reaches first as its profit shrinks; null when all are null. */
export const nearestWorse = (side: Side, ...prices: (number | null)[]): number | null =>
  side === 'long' ? greatest(prices) : least(prices);

/** Returns the earliest time; null when all are null. */
export const soonest = (...times: (number | null)[]): number | null => least(times);

function least(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : Math.min(...given);
}

function greatest(values: readonly (number | null)[]): number | null {
  const given = values.filter((value) => value !== null);
  return given.length === 0 ? null : Math.max(...given);
}
