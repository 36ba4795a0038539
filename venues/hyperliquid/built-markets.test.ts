import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Instrument } from '#domain/instrument.ts';
import type { Venue } from '../venue.ts';
import { createHyperliquidVenue } from './index.ts';
import {
  orderRequest,
  randomSigner,
  startScriptedServer,
  tradingAccount,
  type ScriptedRequest,
  type ScriptedServer,
} from './testing.ts';

const account = tradingAccount(randomSigner(), randomSigner());
const BUILDER = `0x${'Ab'.repeat(20)}`;

const CORE = { universe: [{ name: 'BTC', szDecimals: 5, maxLeverage: 40 }], collateralToken: 0 };
const XYZ = {
  universe: [
    { name: 'xyz:GOLD', szDecimals: 3, maxLeverage: 20, isDelisted: true },
    { name: 'xyz:TSLA', szDecimals: 3, maxLeverage: 10, onlyIsolated: true, marginMode: 'strictIsolated' },
  ],
  collateralToken: 0,
};
const OTHER_MONEY = { ...XYZ, collateralToken: 235 };

let server: ScriptedServer;
let venue: Venue;
beforeEach(async () => {
  server = await startScriptedServer();
  venue = connect(['xyz']);
});
afterEach(async () => {
  await venue.close();
  await server.close();
});

const connect = (builtMarkets: string[]): Venue =>
  createHyperliquidVenue({
    url: server.url,
    network: 'testnet',
    builtMarkets,
    builder: { address: BUILDER, tenthsOfBps: 10 },
    timeoutMs: { exchange: 1_000, info: 1_000 },
  });

const contexts = (...marks: string[]) => marks.map((markPx) => ({ markPx }));
const state = (value: string, coin: string) => ({
  marginSummary: { accountValue: value },
  crossMarginSummary: { accountValue: value },
  crossMaintenanceMarginUsed: '0',
  withdrawable: value,
  assetPositions: [
    {
      position: {
        coin,
        szi: '1.0',
        entryPx: '10.0',
        positionValue: '10.5',
        leverage: { type: 'isolated', value: 3 },
        liquidationPx: null,
      },
    },
  ],
});
const openOrder = (coin: string, oid: number) => ({
  coin,
  oid,
  side: 'A',
  limitPx: '9.0',
  sz: '1.0',
  origSz: '1.0',
  timestamp: 1,
});

/** What a venue with a market of its own and two built by others answers. */
function answerOf({ body }: ScriptedRequest): unknown {
  const built = 'dex' in body && body.dex === 'xyz';
  switch (body.type) {
    case 'perpDexs':
      return [null, { name: 'flx', fullName: 'Another' }, { name: 'xyz', fullName: 'Shares' }];
    case 'meta':
      return built ? XYZ : CORE;
    case 'metaAndAssetCtxs':
      return built ? [XYZ, contexts('2400.0', '250.5')] : [CORE, contexts('50000.0')];
    case 'clearinghouseState':
      return built ? state('40.5', 'xyz:TSLA') : state('100.0', 'BTC');
    case 'frontendOpenOrders':
      return [built ? openOrder('xyz:TSLA', 2) : openOrder('BTC', 1)];
    default:
      return 'dexAbstraction';
  }
}

async function tesla(): Promise<Instrument> {
  const found = (await venue.market.instruments()).find(({ symbol }) => symbol === 'xyz:TSLA');
  if (!found) throw new Error('xyz:TSLA is not listed');
  return found;
}

test('instruments are called `dex:COIN`, numbered by the place of their market and their own, and isolated', async () => {
  server.answer((request) => ({ json: answerOf(request) }));
  const listed = await venue.market.instruments();
  expect(
    listed.map(({ symbol, venueAssetId, onlyIsolated, tradable }) => [
      symbol,
      venueAssetId,
      onlyIsolated,
      tradable,
    ]),
  ).toEqual([
    ['BTC', 0, false, true],
    ['xyz:GOLD', 120_000, true, false],
    ['xyz:TSLA', 120_001, true, true],
  ]);
});

test('a market whose money is not USDC is listed and not traded', async () => {
  server.answer((request) => ({
    json: request.body.type === 'meta' ? OTHER_MONEY : answerOf(request),
  }));
  const listed = await venue.market.instruments();
  expect(listed.some(({ tradable }) => tradable)).toBe(false);
});

test('a market the venue does not have is an error that names it', async () => {
  server.answer((request) => ({ json: answerOf(request) }));
  const other = connect(['abc']);
  await expect(other.market.instruments()).rejects.toMatchObject({
    code: 'unknown_market',
    verdict: 'fatal',
    message: expect.stringContaining('abc'),
  });
  await other.close();
});

test('prices, positions and orders come from every market', async () => {
  server.answer((request) => ({ json: answerOf(request) }));
  const prices = await venue.market.prices();
  expect(prices.map(({ symbol, price }) => [symbol, price])).toEqual([
    ['BTC', '50000'],
    ['xyz:GOLD', '2400'],
    ['xyz:TSLA', '250.5'],
  ]);
  const read = await venue.accounts.account(account.accountId);
  expect(read).toMatchObject({ equityUsd: '140.5', freeMarginUsd: '100' });
  expect(read).not.toHaveProperty('ownMarginsUsd');
  expect(read.positions.map(({ symbol }) => symbol)).toEqual(['BTC', 'xyz:TSLA']);
  const orders = await venue.accounts.openOrders(account.accountId);
  expect(orders.map(({ symbol }) => symbol)).toEqual(['BTC', 'xyz:TSLA']);
});

test('without abstraction, what lies in a market built by others is free only there', async () => {
  server.answer((request) => ({
    json: request.body.type === 'userAbstraction' ? 'disabled' : answerOf(request),
  }));
  const read = await venue.accounts.account(account.accountId);
  expect(read).toMatchObject({ freeMarginUsd: '100', ownMarginsUsd: { xyz: '40.5' } });
});

test('an order carries the number of its asset and pays the builder; leverage is isolated where it must be', async () => {
  server.answer((request) => ({ json: answerOf(request) }));
  const instrument = await tesla();
  server.answer(() => ({ json: { status: 'ok', response: { type: 'default' } } }));
  await venue.execution.setLeverage(account, instrument, 3, { nonce: Date.now() });
  expect(server.requests.at(-1)?.body.action).toMatchObject({ asset: 120_001, isCross: false, leverage: 3 });
  await venue.execution.place(account, [orderRequest({ instrument, size: '0.1', price: '251' })], 'single', {
    nonce: Date.now() + 1,
  });
  expect(server.requests.at(-1)?.body.action).toMatchObject({
    orders: [{ a: 120_001, p: '251', s: '0.1' }],
    builder: { b: BUILDER.toLowerCase(), f: 10 },
  });
});
