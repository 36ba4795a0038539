import { quantile } from '#domain/quantile.ts';
import { createRandom, randomIndex, type Random } from '../random.ts';

/** An interval that a number lies in with a probability of 95 %, as the trades themselves say. */
export interface Interval {
  low: number;
  high: number;
}

/** What drawing trades again says about their mean. */
export interface BootstrapResult {
  samples: number;
  seed: number;
  expectancyUsd: Interval;
  totalUsd: Interval;
  /** Share of the samples that lose or make nothing, 0 to 1. */
  losingShare: number;
}

/** Draws of a trade in all: samples of many trades are fewer. */
const MOST_DRAWS = 5_000_000;
const [FEWEST_SAMPLES, MOST_SAMPLES] = [200, 10_000];

/**
 * Returns the interval of the mean of values by drawing as many of them again, with replacement (percentile bootstrap,
 * Efron 1979); null without two values. It takes trades to be independent of each other.
 */
export function bootstrap(values: Float64Array, seed: number): BootstrapResult | null {
  const count = values.length;
  if (count < 2) return null;
  const samples = Math.min(MOST_SAMPLES, Math.max(FEWEST_SAMPLES, Math.floor(MOST_DRAWS / count)));
  const random = createRandom(seed);
  const means = Array.from({ length: samples }, () => sampleMean(values, random)).sort((a, b) => a - b);
  const expectancyUsd = { low: quantile(means, 0.025), high: quantile(means, 0.975) };
  return {
    samples,
    seed,
    expectancyUsd,
    totalUsd: { low: expectancyUsd.low * count, high: expectancyUsd.high * count },
    losingShare: means.filter((mean) => mean <= 0).length / samples,
  };
}

function sampleMean(values: Float64Array, random: Random): number {
  let total = 0;
  for (let index = 0; index < values.length; index += 1)
    total += values[randomIndex(random, values.length)] ?? 0;
  return total / values.length;
}
