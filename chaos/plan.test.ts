import { expect, test } from 'vitest';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { makePlan } from './plan.ts';

test('the same seed plans the same, another something else', () => {
  expect(makePlan(7, 40)).toEqual(makePlan(7, 40));
  expect(makePlan(8, 40)).not.toEqual(makePlan(7, 40));
});

test('half of the trades are for each venue, none twice for an owner, all with exits that are taken', () => {
  const { trades } = makePlan(3, 40);
  expect(trades).toHaveLength(40);
  expect(trades.filter(({ venue }) => venue === 'ostium')).toHaveLength(20);
  expect(new Set(trades.map(({ owner, market }) => `${owner}/${market}`)).size).toBe(40);
  expect(trades.filter(({ barriers }) => !parseBarriers(barriers).ok)).toEqual([]);
});

test('every kind of trouble is made by some seed', () => {
  const disturbances = Array.from({ length: 20 }, (_, seed) => makePlan(seed, 1).disturbances).flat();
  expect(new Set(disturbances.map(({ kind }) => kind)).size).toBe(5);
  expect(() => makePlan(1, 0)).toThrow(RangeError);
});
