import { expect, test } from 'vitest';
import { createRandom, randomIndex, seedOf } from './random.ts';

test('a seed repeats its row, and its numbers fill the span evenly', () => {
  const [a, b, c] = [createRandom(5), createRandom(5), createRandom(6)];
  const row = Array.from({ length: 1_000 }, a);
  expect(Array.from({ length: 1_000 }, b)).toEqual(row);
  expect(Array.from({ length: 1_000 }, c)).not.toEqual(row);
  const counts = Array.from({ length: 10 }, () => 0);
  const random = createRandom(7);
  for (let draw = 0; draw < 100_000; draw += 1) {
    const index = randomIndex(random, 10);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  // 0.999 of the chi-square distribution with 9 degrees of freedom.
  expect(counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
});

test('parts of a run draw from rows of their own', () => {
  expect(seedOf(1, 'bootstrap')).not.toBe(seedOf(1, 'random entries'));
  expect(seedOf(1, 'bootstrap')).not.toBe(seedOf(2, 'bootstrap'));
  expect(seedOf(1, 'bootstrap')).toBe(seedOf(1, 'bootstrap'));
});
