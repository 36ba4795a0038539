import { afterAll, beforeAll, expect, test } from 'vitest';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { Venue } from '../../venue.ts';
import { createHyperliquidVenue } from '../index.ts';

let sandbox: HyperliquidSandbox;
let venue: Venue;
beforeAll(async () => {
  sandbox = await startHyperliquidSandbox();
  venue = createHyperliquidVenue({ url: sandbox.url, network: 'testnet' });
});
afterAll(async () => {
  await venue.close();
  await sandbox.close();
});

test('a quote says what it costs to get in, to stay and to get out', async () => {
  sandbox.setPrice('BTC', 50_000);
  const quote = await venue.market.quote('BTC');
  expect(quote).toMatchObject({ symbol: 'BTC', fees: { entryBps: 4.5, exitBps: 4.5, flatUsd: '0' } });
  expect(Number(quote?.bid)).toBeLessThan(50_000);
  expect(Number(quote?.ask)).toBeGreaterThan(50_000);
  const { long, short } = quote?.holdingBpsPerHour ?? { long: NaN, short: NaN };
  expect(long + short).toBe(0);
});

test('there is no quote for what the venue does not list', async () => {
  expect(await venue.market.quote('EUR-USD')).toBeNull();
});
