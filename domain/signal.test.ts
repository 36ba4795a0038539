import { expect, test } from 'vitest';
import { isRefusalCode, refusal, REFUSALS } from './reasons.ts';
import { checkFresh, signalBucket } from './signal.ts';

const at = (hour: number, minute = 0) => Date.UTC(2026, 4, 1, hour, minute);

test('a signal belongs to the 6-hour bucket it was made in', () => {
  expect([at(0), at(5, 59), at(6), at(23, 59)].map(signalBucket)).toEqual([at(0), at(0), at(6), at(18)]);
});

test('a signal is traded only in time and near its price', () => {
  const signal = { expiresAt: 1000, referencePrice: '100', maxDriftPct: 1 };
  expect(checkFresh(signal, 999, '101')).toBeNull();
  expect(checkFresh(signal, 999, '98.99')).toEqual({
    code: 'drifted',
    text: `${REFUSALS.drifted} It moved 1.01 % from 100; 1 % is allowed.`,
  });
  expect(checkFresh(signal, 1000, '100')?.code).toBe('stale');
  expect(checkFresh({ ...signal, referencePrice: null }, 0, '1')).toBeNull();
  expect(checkFresh({ ...signal, maxDriftPct: null }, 0, '1')).toBeNull();
});

test('every refusal is a sentence a person can read', () => {
  expect(Object.values(REFUSALS).filter((text) => !/^[A-Z].{15,}\.$/u.test(text))).toEqual([]);
  expect(refusal('stale')).toEqual({ code: 'stale', text: REFUSALS.stale });
  expect([isRefusalCode('stale'), isRefusalCode('toString')]).toEqual([true, false]);
});
