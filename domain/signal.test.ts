import { expect, test } from 'vitest';
import { isRefusalCode, refusal, REFUSALS } from './reasons.ts';
import { checkFresh } from './signal.ts';

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
