import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { DEFAULT_TIMING } from '../chain/options.ts';
import { createPairBook } from './pairs.ts';
import { createPriceService, isStale } from './prices.ts';

const servers: Server[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done)))));

/** A service in this process that gives one answer, and counts how often. */
async function serve(body: unknown, status = 200): Promise<{ url: string; paths: string[] }> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(request.url ?? '');
    request.resume().on('end', () => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has such an address
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, paths };
}

const published = {
  feed_id: '0x01',
  from: 'EUR',
  to: 'USD',
  bid: 1.0999,
  mid: 1.1,
  ask: 1.1001,
  isMarketOpen: true,
  isDayTradingClosed: false,
  timestampSeconds: 1_700_000_000,
};

describe('the price service', () => {
  test('prices are decimals under our symbols; those who ask at once share a request', async () => {
    const { url, paths } = await serve([
      published,
      { ...published, from: 'PEPE', bid: 1e-7, mid: 1.2e-7, ask: 2e-7 },
    ]);
    const prices = createPriceService(url, DEFAULT_TIMING);
    const [latest] = await Promise.all([prices.latest(), prices.latest()]);
    expect(paths).toEqual(['/PricePublish/latest-prices']);
    expect(latest.get('EUR-USD')).toEqual({
      symbol: 'EUR-USD',
      bid: '1.0999',
      mid: '1.1',
      ask: '1.1001',
      isOpen: true,
      time: 1_700_000_000_000,
    });
    expect(latest.get('PEPE')?.bid).toBe('0.0000001');
  });

  test('only the price of an open market grows stale', () => {
    const price = { symbol: 'X', bid: '1', mid: '1', ask: '1', isOpen: true, time: 0 };
    expect(isStale(price, 60_000, 60_001)).toBe(true);
    expect(isStale({ ...price, isOpen: false }, 60_000, 60_001)).toBe(false);
  });

  test.each([
    ['<html>', 200, 'venue_unreadable'],
    [[{ from: 'EUR' }], 200, 'venue_unreadable'],
    [[], 503, 'venue_unavailable'],
  ])('%j with status %i is %s', async (body, status, code) => {
    const { url } = await serve(body, status);
    await expect(createPriceService(url, DEFAULT_TIMING).latest()).rejects.toMatchObject({
      code,
      verdict: 'retry',
    });
  });
});

describe('the subgraph', () => {
  const row = {
    id: '5',
    from: 'XAU',
    to: 'USD',
    maxLeverage: '5000',
    takerFeeP: '30000',
    group: { minLeverage: '100', maxLeverage: '20000' },
    fee: { minLevPos: '5000000' },
  };

  test('a pair is an instrument with the rules of its group', async () => {
    const { url } = await serve({
      data: { pairs: [row, { ...row, id: '6', from: 'HG', group: { maxLeverage: '0' } }] },
    });
    const [gold, copper] = await createPairBook(url, 1_000).all();
    expect(gold).toMatchObject({
      index: 5,
      minLeverage: 1,
      maxLeverage: 200,
      openingFeeBps: 3,
      instrument: {
        symbol: 'XAU',
        venueSymbol: 'XAU-USD',
        venueAssetId: 5,
        minNotionalUsd: '5',
        maxLeverage: 200,
      },
    });
    expect(copper).toMatchObject({ maxLeverage: 50, instrument: { maxLeverage: 50, tradable: true } });
  });

  test('rules once read stay known while it is down', async () => {
    const { url } = await serve({ data: { pairs: [row] } });
    const pairs = createPairBook(url, 1_000);
    expect(await pairs.bySymbol('XAU')).toMatchObject({ index: 5 });
    await Promise.all(servers.splice(0).map((server) => new Promise((done) => server.close(done))));
    await expect(pairs.refresh()).rejects.toMatchObject({ code: 'venue_unreachable' });
    expect(await pairs.bySymbol('XAU')).toMatchObject({ index: 5 });
  });
});
