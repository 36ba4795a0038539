import { expect, test } from 'vitest';
import { Amount } from '../wire/amounts.ts';
import { pastWalk } from './past-walk.ts';

const HOUR_MS = 3_600_000;
const now = 500_000 * HOUR_MS + 1_234;

test('a past is a bar an hour, each from the close before, and ends at the first price', () => {
  const bars = pastWalk(new Amount('3480.5'), { hours: 320, seed: 7, now });
  expect(bars).toHaveLength(320);
  expect(bars.at(-1)).toMatchObject({ startMs: 499_999 * HOUR_MS, close: new Amount('3480.5') });
  for (const { open, high, low, close } of bars)
    expect(high.gte(open) && high.gte(close) && low.lte(open) && low.lte(close) && low.gt(0)).toBe(true);
  expect(bars.slice(1).map(({ open, startMs }) => [open, startMs])).toEqual(
    bars.slice(0, -1).map(({ close, startMs }) => [close, startMs + HOUR_MS]),
  );
  expect(pastWalk(new Amount('3480.5'), { hours: 320, seed: 7, now })).toEqual(bars);
});
