import { expect, test } from 'vitest';
import { distributionOf, pollingWait } from './statistics.ts';

test('a distribution does not depend on the order of the values', () => {
  expect(distributionOf([3, 1, 2])).toEqual({ samples: 3, p50: 2, p99: 3, max: 3 });
});

test('half of all events wait more than half an interval for a polling loop', () => {
  expect(pollingWait(30_000)).toEqual({ p50: 15_000, p99: 29_700 });
});
