import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { BTC, connectFunded, idOf } from '../support/ccxt-client.ts';
import type { Ccxt } from '../support/ccxt-client.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import type { SandboxProcess } from '../support/sandbox-process.ts';

let venue: SandboxProcess;
let client: Ccxt;
beforeAll(async () => {
  venue = await startSandboxProcess(['--network', 'mainnet']);
});
afterAll(() => venue.stop());
beforeEach(async () => {
  await setPrice(100_000);
  client = await connectFunded(venue);
});
afterEach(() => client.close());

const setPrice = (price: number) => venue.control({ type: 'setPrice', coin: 'BTC', price });

it('watches tickers, book and candles', async () => {
  expect(await client.watchTicker(BTC)).toMatchObject({ symbol: BTC, bid: 99_995, ask: 100_005 });
  expect((await client.watchTickers([BTC]))[BTC]).toMatchObject({ last: 100_000 });
  const book = await client.watchOrderBook(BTC);
  expect([book.bids[0]?.[0], book.asks[0]?.[0]]).toEqual([99_995, 100_005]);
  expect((await client.watchOHLCV(BTC, '1m')).at(-1)?.[4]).toBe(100_000);

  const next = [client.watchTicker(BTC), client.watchOrderBook(BTC), client.watchOHLCV(BTC, '1m')] as const;
  await setPrice(100_100);
  const [ticker, moved, candles] = await Promise.all(next);
  expect(ticker).toMatchObject({ last: 100_100 });
  expect(moved.bids[0]?.[0]).toBe(100_094);
  expect(candles.at(-1)?.[4]).toBe(100_100);
  await client.unWatchOrderBook(BTC);
  await client.unWatchOHLCV(BTC, '1m');
  await client.unWatchTickers([BTC]);
});

it('hears of its own orders, trades and positions, those before it listened as well', async () => {
  await client.createOrder(BTC, 'market', 'buy', 0.01, 100_000);
  expect(await client.watchMyTrades(BTC)).toMatchObject([{ side: 'buy', price: 100_005, amount: 0.01 }]);
  expect(await client.watchPositions([BTC])).toMatchObject([{ symbol: BTC, side: 'long', contracts: 0.01 }]);

  const heard = [client.watchOrders(BTC), client.watchMyTrades(BTC)] as const;
  // The book comes once the subscriptions before it have been read.
  await client.watchOrderBook(BTC);
  const { id } = await client.createOrder(BTC, 'limit', 'sell', 0.01, 99_000, {
    reduceOnly: true,
    timeInForce: 'IOC',
  });
  const [orders, trades] = await Promise.all(heard);
  expect(orders).toMatchObject([{ id, status: 'closed', filled: 0.01, remaining: 0 }]);
  expect(trades.at(-1)).toMatchObject({ order: id, side: 'sell', amount: 0.01 });
  await client.unWatchOrders();
  await client.unWatchMyTrades();
});

it("watches the market's trades", async () => {
  const trades = client.watchTrades(BTC);
  // As above.
  await client.watchOrderBook(BTC);
  await client.createOrder(BTC, 'market', 'buy', 0.01, 100_000);
  expect(await trades).toMatchObject([{ symbol: BTC, side: 'buy', price: 100_005, amount: 0.01 }]);
  await client.unWatchTrades(BTC);
});

it('places, edits and cancels over the WebSocket', async () => {
  const placed = await client.createOrderWs(BTC, 'limit', 'buy', 0.01, 90_000);
  const edited = await client.editOrderWs(idOf(placed), BTC, 'limit', 'buy', 0.02, 91_000);
  expect(await client.fetchOpenOrders(BTC)).toMatchObject([
    { id: idOf(edited), price: 91_000, amount: 0.02 },
  ]);
  await client.createOrdersWs([
    { symbol: BTC, type: 'limit', side: 'buy', amount: 0.01, price: 92_000 },
    { symbol: BTC, type: 'limit', side: 'buy', amount: 0.01, price: 93_000 },
  ]);
  const open = await client.fetchOpenOrders(BTC);
  await client.cancelOrdersWs(open.map(idOf), BTC);
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
  await expect(client.createOrderWs(BTC, 'limit', 'buy', 10, 90_000)).rejects.toThrow(
    'Insufficient margin to place order. asset=0',
  );
});
