import { quantile } from '#domain/quantile.ts';

/** How a set of measured times is distributed. */
export interface Distribution {
  samples: number;
  p50: number;
  p99: number;
  max: number;
}

export function distributionOf(values: readonly number[]): Distribution {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    samples: sorted.length,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    max: sorted.at(-1) ?? Number.NaN,
  };
}

/**
 * Returns how long an event at a random moment waits for a loop that polls every `intervalMs`: the uniform
 * distribution.
 */
export const pollingWait = (intervalMs: number): Pick<Distribution, 'p50' | 'p99'> => ({
  p50: intervalMs * 0.5,
  p99: intervalMs * 0.99,
});

/** Returns the values in random order, each order as likely as any other. */
export function shuffled<Value>(values: readonly Value[]): Value[] {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
