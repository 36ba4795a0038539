import { normalBelow, normalQuantile } from './normal.ts';

/** What a Sharpe ratio is worth that was picked among many. Ratios are of one day, not of a year. */
export interface DeflatedSharpe {
  trials: number;
  /** The Sharpe ratio of the picked trial. */
  sharpe: number;
  /** The Sharpe ratio that the best of so many trials without any skill is expected to have. */
  expectedBest: number;
  /** Probability (0 to 1) that the picked trial is better than that. Below 0.95 it may well be luck. */
  probability: number;
}

const EULER = 0.577_215_664_901_532_9;

/**
 * Returns the deflated Sharpe ratio of the best of several trials; null with fewer than two trials, fewer than three
 * days, or without variation. Source: Bailey and Lopez de Prado, "The Deflated Sharpe Ratio" (2014), equations 1 and 2.
 *
 * @param returns of the picked trial, one for each day
 * @param sharpes of all trials, of one day each
 */
export function deflatedSharpe(
  returns: readonly number[],
  sharpes: readonly number[],
): DeflatedSharpe | null {
  const moments = momentsOf(returns);
  if (sharpes.length < 2 || moments === null) return null;
  const trials = sharpes.length;
  const deviation = Math.sqrt(momentsOf(sharpes)?.variance ?? 0);
  const expectedBest =
    deviation *
    ((1 - EULER) * normalQuantile(1 - 1 / trials) + EULER * normalQuantile(1 - 1 / (trials * Math.E)));
  const { sharpe, probability } = betterThan(moments, expectedBest);
  return { trials, sharpe, expectedBest, probability };
}

/** Length, skewness and kurtosis (3 for a normal distribution) of returns, and their Sharpe ratio. */
export interface ReturnMoments {
  count: number;
  sharpe: number;
  skewness: number;
  kurtosis: number;
}

/** Returns the probability that the true Sharpe ratio is above `threshold`: the probabilistic Sharpe ratio. */
export function betterThan(
  { count, sharpe, skewness, kurtosis }: ReturnMoments,
  threshold: number,
): { sharpe: number; probability: number } {
  const spread = Math.sqrt(Math.max(1e-12, 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe ** 2));
  return { sharpe, probability: normalBelow(((sharpe - threshold) * Math.sqrt(count - 1)) / spread) };
}

function momentsOf(values: readonly number[]): (ReturnMoments & { variance: number }) | null {
  const count = values.length;
  if (count < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const central = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / count;
  const variance = (central(2) * count) / (count - 1);
  if (variance <= Number.EPSILON * Math.max(1e-12, mean ** 2)) return null;
  return {
    count,
    variance,
    sharpe: mean / Math.sqrt(variance),
    skewness: central(3) / central(2) ** 1.5,
    kurtosis: central(4) / central(2) ** 2,
  };
}
