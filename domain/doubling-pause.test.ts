import { expect, test } from 'vitest';
import { doublingPause } from './doubling-pause.ts';

test('a pause doubles up to its longest, however often', () => {
  const limits = { firstMs: 250, longestMs: 1_500 };
  expect([-1, 0, 1, 2, 3, 5_000].map((times) => doublingPause(limits, times))).toEqual([
    250, 250, 500, 1_000, 1_500, 1_500,
  ]);
});
