import { expect, test } from 'vitest';
import type { EntryPlan } from './entry-plan.ts';
import { smallerEntry } from './smaller-entry.ts';

const plan = (changes: Partial<EntryPlan> = {}): EntryPlan => ({
  instrument: {
    venue: 'hyperliquid',
    symbol: 'BTC',
    venueSymbol: 'BTC',
    venueAssetId: 0,
    priceRule: { kind: 'significant', figures: 5, decimals: 1 },
    lot: '0.00001',
    minNotionalUsd: '10',
    maxLeverage: 40,
    onlyIsolated: false,
    tradable: true,
  },
  side: 'long',
  size: '0.02',
  referencePrice: '50000',
  worstPrice: '50500',
  leverage: 1,
  barriers: {},
  ...changes,
});

test.each([
  ['the room of now, with some for fee and a worse fill', '505.5', '0.01'],
  ['nine tenths at most', '5000', '0.018'],
])('a refused entry is ordered again at %s', (_what, freeMarginUsd, size) => {
  const smaller = smallerEntry(plan(), freeMarginUsd);
  expect(smaller).toMatchObject({ resizedFrom: '0.02' });
  expect(Number(smaller?.size)).toBeCloseTo(Number(size), 4);
  expect(Number(smaller?.size)).toBeLessThanOrEqual(Number(size));
});

test.each([
  ['less than the venue takes', plan(), '9'],
  ['nothing', plan(), '0'],
  ['a debt', plan(), '-100'],
  ['an entry that was made smaller before', plan({ resizedFrom: '0.03' }), '5000'],
])('%s makes none', (_what, refused, freeMarginUsd) => {
  expect(smallerEntry(refused, freeMarginUsd)).toBeNull();
});
