import { expect, test } from 'vitest';
import { distributionOf, pollingWait, quantile } from './statistics.ts';

test('quantiles are values that were measured: the nearest rank', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
  expect(quantile(hundred, 0.5)).toBe(50);
  expect(quantile(hundred, 0.99)).toBe(99);
  expect(quantile([7], 0.99)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test('a distribution does not depend on the order of the values', () => {
  expect(distributionOf([3, 1, 2])).toEqual({ samples: 3, p50: 2, p99: 3, max: 3 });
});

test('half of all events wait more than half an interval for a polling loop', () => {
  expect(pollingWait(30_000)).toEqual({ p50: 15_000, p99: 29_700 });
});
