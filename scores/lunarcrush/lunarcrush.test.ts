import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  startLunarCrushSandbox,
  type LunarCrushMood,
  type LunarCrushSandbox,
} from '#sandbox/lunarcrush/server.ts';
import { matchCoins } from '../match-coins.ts';
import { createLunarCrush } from './lunarcrush.ts';

const BTC = {
  id: 1,
  symbol: 'BTC',
  price: 60_000,
  market_cap_rank: 1,
  sentiment: 80,
  galaxy_score: 70,
  alt_rank: 12,
};

let sandbox: LunarCrushSandbox;
beforeAll(async () => {
  sandbox = await startLunarCrushSandbox([]);
});
afterAll(() => sandbox?.close());
beforeEach(() => {
  sandbox.mood = 'well';
  sandbox.coins = [BTC];
});

const read = (change: { apiKey?: string; timeoutMs?: number } = {}) =>
  createLunarCrush({ url: sandbox.url, apiKey: sandbox.apiKey, ...change }).read();

test('all coins come with one request', async () => {
  const before = sandbox.asked.length;
  const { generatedAt, coins } = await read();
  expect(sandbox.asked.slice(before)).toEqual(['/api4/public/coins/list/v2?limit=1000&sort=market_cap_rank']);
  expect(Date.now() - generatedAt).toBeLessThan(60_000);
  expect(coins).toEqual([
    {
      id: 1,
      symbol: 'BTC',
      price: 60_000,
      capRank: 1,
      facts: { sentiment: 80, galaxyScore: 70, altRank: 12, coins: 6_700 },
    },
  ]);
});

test('what a small coin lacks is unknown, never zero, and a row of another form is left out', async () => {
  const odd = [{ symbol: 'NOID' }, 'text', null, { id: 1.5, symbol: 'HALF' }];
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- rows that the service should not send
  sandbox.coins = [{ id: 7, symbol: 'TINY', sentiment: null }, ...(odd as typeof sandbox.coins)];
  const { coins } = await read();
  expect(coins).toEqual([
    {
      id: 7,
      symbol: 'TINY',
      price: null,
      capRank: null,
      facts: { sentiment: null, galaxyScore: null, altRank: null, coins: 6_700 },
    },
  ]);
});

test.each<[LunarCrushMood, object]>([
  ['html', { code: 'unreadable', verdict: 'retry' }],
  ['unauthorised', { code: 'not_allowed', verdict: 'fatal' }],
  ['rate_limited', { code: 'rate_limited', verdict: 'retry', retryAfterMs: 7_000 }],
  ['rate_limited_without_time', { code: 'rate_limited', verdict: 'retry', retryAfterMs: null }],
  ['error_with_200', { code: 'rate_limited', verdict: 'retry' }],
  ['subscription_with_200', { code: 'not_allowed', verdict: 'fatal' }],
  ['broken', { code: 'unavailable', verdict: 'retry' }],
  ['redirects', { code: 'unreachable', verdict: 'retry' }],
])('a service that is %s is named so', async (mood, error) => {
  sandbox.mood = mood;
  await expect(read()).rejects.toMatchObject(error);
});

test.each<LunarCrushMood>(['hangs', 'drips'])('a service that %s is given up', async (mood) => {
  sandbox.mood = mood;
  await expect(read({ timeoutMs: 50 })).rejects.toMatchObject({ code: 'unreachable', verdict: 'retry' });
});

test('no error tells the key', async () => {
  const error: unknown = await read({ apiKey: 'a-wrong-key-of-mine' }).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ code: 'not_allowed' });
  expect(JSON.stringify(error) + String(error)).not.toContain('a-wrong-key-of-mine');
});

describe('coins are found', () => {
  const coin = (id: number, symbol: string, price: number | null, capRank: number | null = id) => ({
    id,
    symbol,
    price,
    capRank,
    facts: { sentiment: null, galaxyScore: null, altRank: null, coins: null },
  });
  const market = (symbol: string, price: number | null, coinId: number | null = null) => ({
    symbol,
    price,
    coinId,
  });
  const ids = (...given: Parameters<typeof matchCoins>) =>
    Object.fromEntries([...matchCoins(...given)].map(([symbol, { id }]) => [symbol, id]));

  test('by symbol and price, the largest of several', () => {
    const coins = [
      coin(900, 'BTC', 0.1),
      coin(40, 'ABC', 2.01, 40),
      coin(30, 'ABC', 1.98, 30),
      coin(1, 'BTC', 60_100),
    ];
    expect(ids([market('BTC', 60_000), market('ABC', 2)], coins)).toEqual({ BTC: 1, ABC: 30 });
  });

  test('by their number once they were found, whatever they are called and cost by then', () => {
    const coins = [coin(5, 'NEW', 7), coin(6, 'OLD', 3)];
    expect(ids([market('OLD', 3, 5)], coins)).toEqual({ OLD: 5 });
    expect(ids([market('OLD', 3, 99)], coins)).toEqual({});
  });

  test('not by a symbol alone', () => {
    expect(ids([market('BTC', null)], [coin(1, 'BTC', 60_000)])).toEqual({});
    expect(ids([market('BTC', 60_000)], [coin(1, 'BTC', null)])).toEqual({});
    expect(ids([market('BTC', 60_000)], [coin(1, 'BTC', 50_000)])).toEqual({});
  });

  test('by the price of one where a market trades a thousand', () => {
    expect(ids([market('kPEPE', 0.0112)], [coin(3, 'PEPE', 0.0000112)])).toEqual({ kPEPE: 3 });
  });
});
