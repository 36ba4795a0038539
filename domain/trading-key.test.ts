import { expect, test } from 'vitest';
import { isCheckDue, keyWarning, warnedDays, type CheckedKey } from './trading-key.ts';

const DAY = 86_400_000;
const NOW = 1_800_000_000_000;

test.each([
  ['approved', null, null],
  ['approved', NOW + 22 * DAY, null],
  ['approved', NOW + 21 * DAY, 'expires_soon'],
  ['approved', NOW, 'expired'],
  ['pending', NOW - 1, 'expired'],
  ['pending', null, 'not_approved'],
] as const)('a key that is %s until %s: %s', (status, validUntil, warning) => {
  expect(keyWarning({ status, validUntil }, NOW)).toBe(warning);
});

test('warnings come three weeks, a week and a day before a key expires', () => {
  const days = [30, 21, 8, 7, 2, 1, -1].map((left) => warnedDays(NOW + left * DAY, NOW));
  expect(days).toEqual([null, 21, 21, 7, 7, 1, 1]);
  expect(warnedDays(null, NOW)).toBeNull();
});

const key: CheckedKey = {
  status: 'approved',
  validUntil: null,
  active: true,
  checkedAt: NOW - 2 * 3_600_000,
  hasLiveTrades: false,
};

test.each<[string, Partial<CheckedKey>, boolean]>([
  ['one that nothing hangs on', {}, false],
  ['one with live trades', { hasLiveTrades: true }, true],
  ['one that was never asked about', { checkedAt: null }, true],
  ['one that has expired since', { validUntil: NOW - 1 }, true],
  ['one whose end was seen', { validUntil: NOW - 3 * 3_600_000 }, false],
  ['one that waits to replace another', { active: false, checkedAt: NOW - 60_000 }, true],
  ['one that was refused', { status: 'pending', hasLiveTrades: true, checkedAt: NOW - 60_000 }, true],
])('the venue is asked about %s: %s', (_what, change, isDue) => {
  expect(isCheckDue({ ...key, ...change }, NOW)).toBe(isDue);
});
