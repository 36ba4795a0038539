import { expect, test } from 'vitest';
import { positionWorth } from './position-worth.ts';

const LONG = { side: 'long', size: '0.1', entryPrice: '50000', stopPrice: '49000', leverage: 5 } as const;

test('a long position gains with the price, in percent of its margin', () => {
  expect(positionWorth({ ...LONG, markPrice: '50500' })).toEqual({
    valueUsd: '5050',
    marginUsd: '1000',
    unrealizedUsd: '50',
    returnOnMarginPct: 5,
    atStopUsd: '-100',
  });
});

test('a short position loses with the price, and a stop beyond its entry secures a profit', () => {
  const worth = positionWorth({ ...LONG, side: 'short', markPrice: '50500' });
  expect([worth.unrealizedUsd, worth.returnOnMarginPct, worth.atStopUsd]).toEqual(['-50', -5, '100']);
});

test('without a price, a stop or a leverage nothing is guessed', () => {
  expect(positionWorth({ ...LONG, markPrice: null, stopPrice: null, leverage: null })).toEqual({
    valueUsd: null,
    marginUsd: null,
    unrealizedUsd: null,
    returnOnMarginPct: null,
    atStopUsd: null,
  });
});
