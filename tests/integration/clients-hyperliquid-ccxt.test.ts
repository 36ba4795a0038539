import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { BTC, ETH, connectFunded, idOf } from '../support/ccxt-client.ts';
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
  await setPrices(100_000, 3_000);
  client = await connectFunded(venue);
});
afterEach(() => client.close());

const setPrices = (btc: number, eth: number) =>
  venue.control({
    type: 'setPrices',
    prices: [
      { coin: 'BTC', price: btc },
      { coin: 'ETH', price: eth },
    ],
  });

const clientOrderId = (n: number) => `0xcc${n.toString(16).padStart(30, '0')}`;

it('lists the markets and what they trade at', async () => {
  expect(client.market(BTC)).toMatchObject({
    id: '0',
    base: 'BTC',
    settle: 'USDC',
    swap: true,
    active: true,
    precision: { amount: 0.000_01 },
    limits: { leverage: { max: 40 }, cost: { min: 10 } },
  });
  expect(await client.fetchTicker(BTC)).toMatchObject({ bid: 99_995, ask: 100_005 });
  expect(Object.keys(await client.fetchTickers([BTC, ETH]))).toEqual([BTC, ETH]);
  const { bids, asks } = await client.fetchOrderBook(BTC);
  expect([bids.length, asks.length, bids[0]?.[0], asks[0]?.[0]]).toEqual([20, 20, 99_995, 100_005]);
  const [, open, high, low, close] = (await client.fetchOHLCV(BTC, '1h')).at(-1)!;
  expect([high! >= open!, low! <= close!, close]).toEqual([true, true, 100_000]);
});

it('tells what a position costs: fees, funding, open interest', async () => {
  expect(await client.fetchTradingFee(BTC)).toMatchObject({ maker: 0.000_15, taker: 0.000_45 });
  const rates = await client.fetchFundingRates([BTC]);
  expect(rates[BTC]).toMatchObject({ markPrice: 100_000, fundingRate: 0.000_012_5, interval: '1h' });
  await client.createOrder(ETH, 'market', 'buy', 1, 3_000);
  await venue.control({ type: 'payFunding' });
  expect(await client.fetchFundingHistory(ETH)).toMatchObject([{ symbol: ETH, amount: -0.0375 }]);
  expect((await client.fetchFundingRateHistory(ETH)).at(-1)).toMatchObject({ fundingRate: 0.000_012_5 });
  expect(await client.fetchOpenInterest(ETH)).toMatchObject({ openInterestAmount: 1 });
});

it('opens and closes at the market, and accounts for it', async () => {
  const opened = await client.createOrder(BTC, 'market', 'buy', 0.05, 100_000);
  expect(opened).toMatchObject({ filled: 0.05, average: 100_005, remaining: 0 });
  await setPrices(101_000, 3_000);
  expect(await client.fetchPositions([BTC])).toMatchObject([
    { symbol: BTC, side: 'long', contracts: 0.05, entryPrice: 100_005, leverage: 20, marginMode: 'cross' },
  ]);
  await client.createOrder(BTC, 'market', 'sell', 0.05, 101_000, { reduceOnly: true });
  expect(await client.fetchPositions([BTC])).toEqual([]);
  const trades = await client.fetchMyTrades(BTC);
  expect(trades).toMatchObject([
    { order: opened.id, side: 'buy', price: 100_005, amount: 0.05, takerOrMaker: 'taker' },
    { side: 'sell', price: 100_994, amount: 0.05, takerOrMaker: 'taker' },
  ]);
  // 0.045 % to the venue, and 0.01 % to the builder whom ccxt names and had approved when it loaded the markets.
  const fees = (0.05 * (100_005 + 100_994) * 5.5) / 10_000;
  expect(trades.map(({ info }) => Number(info.builderFee))).toEqual([0.500_025, 0.504_97]);
  expect((await client.fetchBalance())['USDC']!.total).toBeCloseTo(10_000 + 0.05 * 989 - fees, 5);
});

it('rests, fills or refuses a limit order by its time in force', async () => {
  const limit = (price: number, params = {}) => client.createOrder(BTC, 'limit', 'buy', 0.01, price, params);
  const rested = await limit(90_000);
  await limit(91_000, { postOnly: true });
  expect(await limit(100_010, { timeInForce: 'IOC' })).toMatchObject({ filled: 0.01, average: 100_005 });
  expect(await client.fetchOpenOrders(BTC)).toMatchObject([
    { id: rested.id, price: 90_000, amount: 0.01, timeInForce: 'GTC', status: 'open' },
    { price: 91_000, timeInForce: 'ALO', status: 'open' },
  ]);
  await expect(limit(100_010, { postOnly: true })).rejects.toThrow(
    'Post only order would have immediately matched, bbo was 99995@100005. asset=0',
  );
  await expect(limit(90_000, { timeInForce: 'IOC' })).rejects.toThrow(
    'Order could not immediately match against any resting orders. asset=0',
  );
});

it('fills a resting order when the price comes to it', async () => {
  const id = idOf(await client.createOrder(BTC, 'limit', 'buy', 0.01, 99_000));
  await setPrices(98_900, 3_000);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ status: 'closed', filled: 0.01, remaining: 0 });
  expect(await client.fetchMyTrades(BTC)).toMatchObject([
    { order: id, price: 99_000, takerOrMaker: 'maker' },
  ]);
});

it('edits and cancels, by id and by client id', async () => {
  const own = clientOrderId(1);
  const placed = await client.createOrder(BTC, 'limit', 'buy', 0.01, 90_000, { clientOrderId: own });
  const id = idOf(placed);
  const edited = await client.editOrder(id, BTC, 'limit', 'buy', 0.02, 90_500);
  expect(edited.id).not.toBe(id);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ status: 'canceled' });
  expect(await client.fetchOrder(own, BTC)).toMatchObject({
    id: edited.id,
    status: 'open',
    price: 90_500,
    amount: 0.02,
  });
  await client.cancelOrder('', BTC, { clientOrderId: own });
  const several = await client.createOrders([
    { symbol: BTC, type: 'limit', side: 'buy', amount: 0.01, price: 91_000 },
    { symbol: ETH, type: 'limit', side: 'sell', amount: 1, price: 3_300 },
    { symbol: BTC, type: 'limit', side: 'buy', amount: 0.01, price: 92_000, params: { postOnly: true } },
  ]);
  const [first, second, third] = several.map(idOf);
  await client.cancelOrder(first!, BTC);
  await client.cancelOrdersForSymbols([
    { symbol: ETH, id: second! },
    { symbol: BTC, id: third! },
  ]);
  expect(await client.fetchOpenOrders()).toEqual([]);
  expect(await client.fetchCanceledOrders(BTC)).toHaveLength(4);
  await expect(client.cancelOrder(id, BTC)).rejects.toThrow(
    'Order was never placed, already canceled, or filled. asset=0',
  );
});

it('closes by a stop loss of its own', async () => {
  await client.createOrder(BTC, 'market', 'buy', 0.01, 100_000);
  const stop = { stopLossPrice: 98_000, reduceOnly: true };
  const id = idOf(await client.createOrder(BTC, 'market', 'sell', 0.01, 98_000, stop));
  const target = { takeProfitPrice: 103_000, reduceOnly: true };
  await client.createOrder(BTC, 'limit', 'sell', 0.01, 103_000, target);
  expect(await client.fetchOpenOrders(BTC)).toMatchObject([
    { id, triggerPrice: 98_000, reduceOnly: true },
    { triggerPrice: 103_000, reduceOnly: true },
  ]);
  await setPrices(97_900, 3_000);
  expect(await client.fetchPositions([BTC])).toEqual([]);
  expect(await client.fetchOrder(id, BTC)).toMatchObject({ status: 'closed', filled: 0.01 });
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
});

it.each([
  ['the stop loss', 97_900],
  ['the take profit', 103_100],
])('closes by %s attached to the entry, and drops the other', async (_, price) => {
  await client.createOrder(BTC, 'market', 'buy', 0.01, 100_000, {
    stopLoss: { triggerPrice: 98_000, type: 'market' },
    takeProfit: { triggerPrice: 103_000, type: 'market' },
  });
  const triggers = (await client.fetchOpenOrders(BTC)).map((order) => order.triggerPrice);
  expect(new Set(triggers)).toEqual(new Set([98_000, 103_000]));
  await setPrices(price, 3_000);
  expect(await client.fetchPositions([BTC])).toEqual([]);
  expect(await client.fetchOpenOrders(BTC)).toEqual([]);
});

it('sets leverage and margin mode, and moves margin of an isolated position', async () => {
  await client.setLeverage(5, ETH, { marginMode: 'isolated' });
  await client.setMarginMode('isolated', ETH, { leverage: 4 });
  await client.createOrder(ETH, 'market', 'buy', 1, 3_000);
  await client.addMargin(ETH, 100);
  await client.reduceMargin(ETH, 50);
  const [position] = await client.fetchPositions([ETH]);
  expect(position).toMatchObject({ marginMode: 'isolated', leverage: 4, contracts: 1 });
  expect(position!.collateral).toBeCloseTo(3_000.2 / 4 + 50 - 0.2, 2);
  expect(position!.liquidationPrice).toBeGreaterThan(2_200);
  await expect(client.setMarginMode('cross', ETH, { leverage: 4 })).rejects.toThrow(
    'Cannot switch leverage type with open position.',
  );
  await expect(client.setLeverage(51, BTC)).rejects.toThrow('Invalid leverage value');
});

it('trades in a market that others have built', async () => {
  const TSLA = 'XYZ-TSLA/USDC:USDC';
  await venue.control({ type: 'setPrice', coin: 'xyz:TSLA', price: 400 });
  expect(client.market(TSLA)).toMatchObject({ id: '110000', limits: { leverage: { max: 10 } } });
  await client.setLeverage(5, TSLA, { marginMode: 'isolated' });
  await client.createOrder(TSLA, 'market', 'buy', 2, 400);
  expect(await client.fetchPositions([TSLA])).toMatchObject([
    { symbol: TSLA, contracts: 2, marginMode: 'isolated', leverage: 5 },
  ]);
  await client.createOrder(TSLA, 'market', 'sell', 2, 400, { reduceOnly: true });
  expect(await client.fetchPositions([TSLA])).toEqual([]);
  expect(await client.fetchMyTrades(TSLA)).toMatchObject([{ side: 'buy' }, { side: 'sell' }]);
});

it('moves money between perpetuals, spot and a sub-account, and off the venue', async () => {
  await client.transfer('USDC', 300, 'swap', 'spot');
  expect((await client.fetchBalance({ type: 'spot' }))['USDC']).toMatchObject({ total: 300 });
  await client.transfer('USDC', 100, 'spot', 'swap');
  await client.withdraw('USDC', 50, client.walletAddress);
  expect((await client.fetchBalance())['USDC']).toMatchObject({ total: 9_750 });
  const { data: subAccount } = (await client.createSubAccount('reserve')).response;
  await client.transfer('USDC', 1_000, 'main', subAccount);
  await client.transfer('USDC', 400, subAccount, 'main');
  expect((await client.fetchBalance({ user: subAccount }))['USDC']).toMatchObject({ total: 600 });
  expect((await client.fetchBalance())['USDC']).toMatchObject({ total: 9_150 });
  expect(await client.fetchDeposits('USDC')).toMatchObject([{ amount: 10_000 }]);
  expect((await client.fetchLedger('USDC')).map(({ type }) => type)).toEqual([
    'deposit',
    'transfer',
    'transfer',
    'withdraw',
    'subAccountTransfer',
    'subAccountTransfer',
  ]);
  await expect(client.withdraw('USDC', 20_000, client.walletAddress)).rejects.toThrow(
    'Insufficient balance for withdrawal.',
  );
});

it.each([
  ['margin', 10, 99_000, 'InsufficientFunds', 'Insufficient margin to place order. asset=0'],
  ['value', 0.000_01, 99_000, 'InvalidOrder', 'Order must have minimum value of $10. asset=0'],
  [
    'price',
    0.01,
    10_000,
    'InvalidOrder',
    'Order price cannot be more than 80% away from the reference price',
  ],
])('refuses an order for its %s in words that ccxt knows', async (_, amount, price, name, text) => {
  await expect(client.createOrder(BTC, 'limit', 'buy', amount, price)).rejects.toMatchObject({
    name,
    message: expect.stringContaining(text),
  });
});

it('knows no signature of another network', async () => {
  client.setSandboxMode(true);
  Object.assign(client.urls['api'] as object, { public: venue.url, private: venue.url });
  await expect(client.createOrder(BTC, 'limit', 'buy', 0.01, 90_000)).rejects.toThrow(
    /L1 error: User or API Wallet 0x[0-9a-f]{40} does not exist\./,
  );
});
