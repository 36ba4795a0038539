import { expect, test } from 'vitest';
import { inUtc, span } from './time.ts';

test.each([
  [320, '320 ms'],
  [4_210, '4.2 s'],
  [59_000, '59 s'],
  [125_000, '2 m 5 s'],
  [3_600_000, '1 h'],
  [11_580_000, '3 h 13 m'],
  [90_000_000, '1 d 1 h'],
])('%d ms read %s', (ms, shown) => {
  expect(span(ms)).toBe(shown);
});

test('a moment in UTC names its zone', () => {
  expect(inUtc(Date.UTC(2026, 10, 27, 21, 5, 9))).toBe('2026-11-27 21:05:09 UTC');
});
