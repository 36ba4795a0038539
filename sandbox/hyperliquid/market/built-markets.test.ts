import { afterEach, beforeEach, expect, it } from 'vitest';
import { ExchangeClient, SubscriptionClient, WebSocketTransport } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { TRADER, TRADER_KEY, limit, openTrader, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

const TSLA = 110_000;
const GOLD = 110_001;
const dex = 'xyz';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader({ books: { BTC: { spreadBps: 0 }, 'xyz:TSLA': { spreadBps: 0 } } });
  trader.sandbox.setPrice('xyz:TSLA', 400);
});
afterEach(() => trader.close());

it('lists the coins of a builder under its name, and only there', async () => {
  const { info } = trader;
  const [own, xyz] = await info.perpDexs();
  expect([own, xyz?.name]).toEqual([null, dex]);
  const built = await info.meta({ dex });
  expect(built.universe).toMatchObject([
    { name: 'xyz:TSLA', onlyIsolated: true },
    { name: 'xyz:GOLD', onlyIsolated: true },
  ]);
  expect(await info.allMids({ dex })).toEqual({ 'xyz:TSLA': '400.0', 'xyz:GOLD': expect.any(String) });
  expect((await info.metaAndAssetCtxs({ dex }))[1][0]).toMatchObject({ markPx: '400.0' });
  expect((await info.meta()).universe.map(({ name }) => name)).not.toContain('xyz:TSLA');
  expect(Object.keys(await info.allMids())).not.toContain('xyz:TSLA');
  expect((await info.meta({ dex: 'abc' })).universe).toEqual([]);
});

it('trades them isolated, at twice the fee, apart from the positions of the venue’s own', async () => {
  const { exchange, info } = trader;
  await expect(exchange.updateLeverage({ asset: GOLD, isCross: true, leverage: 2 })).rejects.toThrow(
    'Cross margin is not allowed for this asset.',
  );
  await exchange.updateLeverage({ asset: TSLA, isCross: false, leverage: 5 });
  const orders = [limit({ a: TSLA, b: true, p: 404, s: 5 })];
  const stop = { ...trigger('sl', { b: false, p: 380, s: 5 }), a: TSLA };
  await exchange.order({ orders: [...orders, stop], grouping: 'normalTpsl' });
  await exchange.order({ orders: [limit({ b: true, p: 100_100, s: '0.01' })], grouping: 'na' });

  expect(await info.userFills({ user: TRADER })).toMatchObject([
    { coin: 'BTC', fee: '0.45' },
    { coin: 'xyz:TSLA', sz: '5.0', fee: '1.8' },
  ]);
  expect(await info.clearinghouseState({ user: TRADER, dex })).toMatchObject({
    marginSummary: { accountValue: '400.0', totalNtlPos: '2000.0', totalMarginUsed: '400.0' },
    withdrawable: '0.0',
    assetPositions: [{ position: { coin: 'xyz:TSLA', leverage: { type: 'isolated', value: 5 } } }],
  });
  expect(await info.clearinghouseState({ user: TRADER })).toMatchObject({
    marginSummary: { accountValue: '9597.75' },
    assetPositions: [{ position: { coin: 'BTC' } }],
  });
  expect(await info.frontendOpenOrders({ user: TRADER, dex })).toMatchObject([{ coin: 'xyz:TSLA' }]);
  expect(await info.openOrders({ user: TRADER })).toEqual([]);

  trader.sandbox.setPrice('xyz:TSLA', 379);
  expect((await info.clearinghouseState({ user: TRADER, dex })).assetPositions).toEqual([]);
  expect(await info.openOrders({ user: TRADER, dex })).toEqual([]);
});

it('streams them under the name of their builder', async () => {
  const transport = new WebSocketTransport({ isTestnet: true, url: trader.sandbox.wsUrl });
  const streams = new SubscriptionClient({ transport });
  const seen: { mids: object[]; positions: number[]; orders: number[] } = {
    mids: [],
    positions: [],
    orders: [],
  };
  await streams.allMids({ dex }, ({ mids }) => void seen.mids.push(mids));
  await streams.clearinghouseState({ user: TRADER, dex }, ({ clearinghouseState }) => {
    seen.positions.push(clearinghouseState.assetPositions.length);
  });
  await streams.openOrders({ user: TRADER, dex }, ({ orders }) => void seen.orders.push(orders.length));
  const resting = limit({ a: TSLA, b: true, p: 390, s: 1, tif: 'Gtc' });
  const exchange = new ExchangeClient({ transport, wallet: new Wallet(TRADER_KEY) });
  await exchange.order({ orders: [resting, limit({ a: TSLA, b: true, p: 404, s: 1 })], grouping: 'na' });
  trader.sandbox.setPrice('xyz:TSLA', 401);
  // Its answer comes after what was pushed before it.
  await exchange.order({ orders: [limit({ a: TSLA, b: false, p: 390, s: 1, r: true })], grouping: 'na' });
  transport.close();
  expect(seen.mids.at(-1)).toMatchObject({ 'xyz:TSLA': '401.0' });
  expect(seen.positions).toEqual(expect.arrayContaining([0, 1]));
  expect(seen.orders[0]).toBe(0);
  expect(seen.orders.at(-1)).toBe(1);
});

it('tells the last trades of a coin, the newest first', async () => {
  const { exchange, info } = trader;
  for (const p of [404, 396])
    await exchange.order({ orders: [limit({ a: TSLA, b: p > 400, p, s: 1 })], grouping: 'na' });
  expect(await info.recentTrades({ coin: 'xyz:TSLA' })).toMatchObject([{ side: 'A' }, { side: 'B' }]);
  expect(await info.recentTrades({ coin: 'xyz:GOLD' })).toEqual([]);
});

it('names an asset that no market has', async () => {
  const orders = [limit({ a: 110_002, b: true, p: 400, s: 1 })];
  await expect(trader.exchange.order({ orders, grouping: 'na' })).rejects.toThrow('Invalid asset 110002');
});
