import { expect, test } from 'vitest';
import type { VenueName } from './ids.ts';
import type { Instrument } from './instrument.ts';
import { refusal, type RefusalCode } from './reasons.ts';
import {
  cheapestFirst,
  isPassedOn,
  MAX_PRICE_AGE_MS,
  refuseCandidate,
  refuseCostlier,
  refuseEverywhere,
  refuseMarket,
  type MarketAnswer,
  type VenueCandidate,
  type VenueCost,
} from './routing.ts';

const instrument: Instrument = {
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
};
const candidate: VenueCandidate = { venue: 'hyperliquid', instrument, isRead: true, tradingKey: 'approved' };
const market: MarketAnswer = { answered: true, isOpen: true, price: '50000', priceAgeMs: 0 };
const refusedAt = (...given: [VenueName, RefusalCode][]) =>
  given.map(([venue, code]) => ({ venue, ...refusal(code) }));
const costs = (...given: [VenueName, number | null][]): VenueCost[] =>
  given.map(([venue, totalBps]) => ({
    venue,
    cost: totalBps === null ? null : { spreadBps: 0, feeBps: 0, holdingBps: totalBps, totalBps },
  }));

test.each<[Partial<VenueCandidate>, RefusalCode]>([
  [{ venue: 'ostium' }, 'venue_not_requested'],
  [{ instrument: null }, 'unknown_instrument'],
  [{ instrument: null, isRead: false }, 'venue_unreachable'],
  [{ instrument: { ...instrument, tradable: false } }, 'not_tradable'],
  [{ tradingKey: 'none' }, 'no_trading_key'],
  [{ tradingKey: 'unapproved' }, 'wallet_not_approved'],
])('a venue with %j need not be asked: %s', (change, code) => {
  expect(refuseCandidate('hyperliquid', { ...candidate, ...change })?.code).toBe(code);
});

test.each<[MarketAnswer, RefusalCode]>([
  [{ answered: false, why: 'It was asked.' }, 'venue_unhealthy'],
  [{ ...market, isOpen: false }, 'market_closed'],
  [{ ...market, price: null }, 'no_price'],
  [{ ...market, priceAgeMs: MAX_PRICE_AGE_MS + 1 }, 'no_price'],
])('a venue that answers %j cannot take the trade: %s', (answer, code) => {
  expect(refuseMarket(instrument, answer, '100')?.code).toBe(code);
});

test('a market takes what comes to its minimum', () => {
  expect(refuseCandidate('MULTI', candidate)).toBeNull();
  expect(refuseMarket(instrument, market, '10')).toBeNull();
  expect(refuseMarket(instrument, market, '9.99')).toMatchObject({
    code: 'below_minimum',
    text: expect.stringContaining('It is 9.99 USD; the smallest is 10 USD.'),
  });
});

test.each<[RefusalCode, boolean]>([
  ['market_closed', true],
  ['too_small', true],
  ['no_margin', true],
  ['stale', false],
  ['drifted', false],
  ['instrument_busy', false],
  ['limit_reached', false],
])('%s is passed on: %s', (code, passed) => {
  expect(isPassedOn(refusal(code))).toBe(passed);
});

test('the cheapest comes first, equals as they stood, the unknown last', () => {
  expect(cheapestFirst(costs(['hyperliquid', 9], ['ostium', 8.5]))).toEqual(['ostium', 'hyperliquid']);
  expect(cheapestFirst(costs(['hyperliquid', 9], ['ostium', 9]))).toEqual(['hyperliquid', 'ostium']);
  expect(cheapestFirst(costs(['ostium', null], ['hyperliquid', -3]))).toEqual(['hyperliquid', 'ostium']);
  expect(cheapestFirst(costs(['ostium', null], ['hyperliquid', null]))).toEqual(['ostium', 'hyperliquid']);
});

test('the others learn by how much they were dearer', () => {
  expect(refuseCostlier('ostium', costs(['hyperliquid', 9], ['ostium', 8.5]))).toEqual([
    {
      venue: 'hyperliquid',
      code: 'costlier',
      text: 'Another venue takes the trade for less. ostium 8.5 bps, hyperliquid 9 bps.',
    },
  ]);
});

test('a signal that no venue takes has one reason where they agree, and all of them otherwise', () => {
  const codeOf = (...given: [VenueName, RefusalCode][]) => refuseEverywhere(refusedAt(...given)).code;
  expect(codeOf(['hyperliquid', 'venue_unhealthy'], ['ostium', 'market_closed'])).toBe('no_venue');
  expect(codeOf(['hyperliquid', 'below_minimum'], ['ostium', 'below_minimum'])).toBe('below_minimum');
  expect(codeOf(['hyperliquid', 'unknown_instrument'], ['ostium', 'market_closed'])).toBe('market_closed');
  expect(codeOf(['hyperliquid', 'too_small'], ['ostium', 'no_trading_key'])).toBe('too_small');
  expect(codeOf(['hyperliquid', 'unknown_instrument'], ['ostium', 'no_trading_key'])).toBe('no_venue');
  expect(codeOf(['hyperliquid', 'venue_not_requested'], ['ostium', 'no_price'])).toBe('no_price');
  expect(codeOf()).toBe('no_venue');
  const { text } = refuseEverywhere(refusedAt(['hyperliquid', 'no_price'], ['ostium', 'market_closed']));
  expect(text).toContain('hyperliquid: The venue gives no current price');
  expect(text).toContain('ostium: The market of the instrument is closed.');
});
