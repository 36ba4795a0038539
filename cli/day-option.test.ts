import { expect, test } from 'vitest';
import { endOf, startOf } from './day-option.ts';

test('a day and a month are read in UTC, from their start to the moment after', () => {
  expect([startOf('2026-11-27'), endOf('2026-11-27')]).toEqual([
    Date.UTC(2026, 10, 27),
    Date.UTC(2026, 10, 28),
  ]);
  expect([startOf('2026-12'), endOf('2026-12')]).toEqual([Date.UTC(2026, 11, 1), Date.UTC(2027, 0, 1)]);
});

test.each(['2026', '27.11.2026', '2026-13', '2026-02-30', '2026-11-27T00:00', ''])(
  '%s is refused',
  (text) => {
    expect(() => startOf(text)).toThrow('must be a day or a month');
  },
);
