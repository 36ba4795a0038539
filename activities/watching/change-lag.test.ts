import { expect, test } from 'vitest';
import { createChangeLag } from './change-lag.ts';

test('tells how long most changes and the slowest ones took', () => {
  const lag = createChangeLag();
  expect(lag.report()).toBeNull();
  for (let ms = 1; ms <= 100; ms += 1) lag.note(ms);
  expect(lag.report()).toEqual({ p50: 50, p99: 99 });
});

test('forgets changes of long ago, and never tells of a change seen before it was made', () => {
  const lag = createChangeLag();
  for (let turn = 0; turn < 500; turn += 1) lag.note(turn < 300 ? 9_000 : -1);
  expect(lag.report()).toEqual({ p50: 0, p99: 0 });
});
