import { expect, test } from 'vitest';
import { epochMs } from './epoch.ts';

const NEW_YEAR = Date.UTC(2025, 0, 1);

test.each([
  ['seconds', '1735689600', NEW_YEAR],
  ['seconds with a fraction', '1735689600.5', NEW_YEAR + 500],
  ['milliseconds', '1735689600000', NEW_YEAR],
  ['microseconds', '1735689600000000', NEW_YEAR],
  ['microseconds within a millisecond', '1735689600000999', NEW_YEAR],
  ['nanoseconds', '1735689600000000000', NEW_YEAR],
  ['a clock that starts at 0', '1500', 1_500],
])('%s', (_unit, text, ms) => {
  expect(epochMs(text)).toBe(ms);
});

test.each(['', '-1', '1e12', '2025-01-01', '99999999999999999999999'])('%j is no such number', (text) => {
  expect(epochMs(text)).toBeNull();
});
