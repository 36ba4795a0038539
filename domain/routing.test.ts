import { expect, test } from 'vitest';
import type { Instrument } from './instrument.ts';
import { chooseVenue, DEFAULT_VENUE_ORDER, type VenueCandidate } from './routing.ts';

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
const open = { healthy: true, marketOpen: true, price: '50000' };
const hyperliquid: VenueCandidate = { ...open, venue: 'hyperliquid', instrument };
const ostium: VenueCandidate = { ...open, venue: 'ostium', instrument: { ...instrument, venue: 'ostium' } };

const choose = (
  candidates: VenueCandidate[],
  requested: 'MULTI' | 'ostium' = 'MULTI',
  notionalUsd = '100',
) => {
  const { chosen, refusals } = chooseVenue(requested, DEFAULT_VENUE_ORDER, candidates, { notionalUsd });
  return [chosen, ...refusals.map(({ venue, code }) => `${venue} ${code}`)];
};

test('the first venue that can take it is chosen', () => {
  expect(choose([ostium, hyperliquid])).toEqual(['hyperliquid']);
  expect(choose([ostium, hyperliquid], 'ostium')).toEqual(['ostium', 'hyperliquid venue_not_requested']);
});

test.each([
  [{ healthy: false }, 'venue_unhealthy'],
  [{ instrument: null }, 'unknown_instrument'],
  [{ instrument: { ...instrument, tradable: false } }, 'not_tradable'],
  [{ marketOpen: false }, 'market_closed'],
  [{ price: null }, 'no_price'],
  [{ instrument: { ...instrument, minNotionalUsd: '101' } }, 'below_minimum'],
])('a venue with %j is passed over: %s', (change, code) => {
  expect(choose([{ ...hyperliquid, ...change }, ostium])).toEqual(['ostium', `hyperliquid ${code}`]);
});

test('when every venue refuses, every reason is kept', () => {
  expect(choose([hyperliquid, ostium], 'MULTI', '9')).toEqual([
    null,
    'hyperliquid below_minimum',
    'ostium below_minimum',
  ]);
  expect(choose([])).toEqual([null, 'hyperliquid venue_unhealthy', 'ostium venue_unhealthy']);
});
