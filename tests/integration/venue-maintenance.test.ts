import { createVenueActivities, type MaintainedVenue } from '#activities/venue-status/activities.ts';
import type { Instrument } from '#domain/instrument.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { listInstruments, listSymbols } from '#prisma/repositories/instruments.ts';
import { listVenueStatuses } from '#prisma/repositories/venue-status.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.stop();
});

const instrument = (symbol: string, venueAssetId: number): Instrument => ({
  venue: 'hyperliquid',
  symbol,
  venueSymbol: symbol,
  venueAssetId,
  priceRule: { kind: 'significant', figures: 5, decimals: 1 },
  lot: '0.00001',
  minNotionalUsd: '10',
  maxLeverage: 50,
  onlyIsolated: false,
  tradable: true,
});

let clock = 1_767_225_600_000;

/** Activities over one venue that answers as told, and otherwise well. */
function activitiesOver(market: Partial<MaintainedVenue['market']>) {
  const venue: MaintainedVenue = {
    name: 'hyperliquid',
    market: {
      ping: async () => 5,
      instruments: async () => [instrument('BTC', 0)],
      prices: async () => [
        { symbol: 'BTC', price: '50000', t: clock - 10 },
        { symbol: 'EUR-USD', price: '1.1', t: clock - 900, open: false },
      ],
      ...market,
    },
  };
  clock += 1_000;
  const now = clock;
  return createVenueActivities({
    db,
    venues: [venue],
    logger: createLogger({ level: 'fatal', name: 'test' }),
    now: () => now,
  });
}

test('instruments are stored with every figure, renewed, and kept as untradable when they are gone', async () => {
  const btc = instrument('BTC', 0);
  const eth = instrument('ETH', 1);
  await activitiesOver({ instruments: async () => [btc, eth] }).refreshInstruments();
  expect(await listInstruments(db, 'BTC')).toEqual([btc]);
  const cheaper = { ...btc, minNotionalUsd: '5', maxLeverage: 40 };
  await activitiesOver({ instruments: async () => [cheaper] }).refreshInstruments();
  expect(await listInstruments(db, 'BTC')).toEqual([cheaper]);
  expect(await listInstruments(db, 'ETH')).toEqual([{ ...eth, tradable: false }]);
  expect(await listSymbols(db)).toEqual(new Set(['BTC', 'ETH']));
});

test('a venue that lists nothing is not believed', async () => {
  const before = await listInstruments(db, 'BTC');
  await expect(activitiesOver({ instruments: async () => [] }).refreshInstruments()).rejects.toThrow(
    'hyperliquid lists no instruments.',
  );
  expect(await listInstruments(db, 'BTC')).toEqual(before);
});

test('the health of a venue is what it last answered; an older check changes nothing', async () => {
  const late = activitiesOver({ ping: async () => 12 });
  await activitiesOver({ ping: async () => 3_000 }).checkVenues();
  expect(await listVenueStatuses(db)).toMatchObject([{ health: 'degraded', latencyMs: 3_000 }]);
  await late.checkVenues();
  expect(await listVenueStatuses(db)).toMatchObject([{ health: 'degraded' }]);
  const failing = activitiesOver({ ping: () => Promise.reject(new Error('connection refused')) });
  expect(await failing.checkVenues()).toEqual([{ venue: 'hyperliquid', health: 'down' }]);
  expect(await listVenueStatuses(db)).toMatchObject([{ detail: 'connection refused', latencyMs: null }]);
});

test('a check counts the open markets, and tells a venue without prices from one that is down', async () => {
  await activitiesOver({}).checkVenues();
  expect(await listVenueStatuses(db)).toMatchObject([{ health: 'up', openMarkets: 1, pricedAt: clock - 10 }]);
  await activitiesOver({ prices: () => Promise.reject(new Error('no route')) }).checkVenues();
  expect(await listVenueStatuses(db)).toMatchObject([
    {
      health: 'degraded',
      detail: 'answers, but gives no prices: no route',
      latencyMs: 5,
      openMarkets: null,
      pricedAt: null,
    },
  ]);
});
