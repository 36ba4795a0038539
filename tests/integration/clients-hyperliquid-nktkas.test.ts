import {
  ExchangeClient,
  HttpTransport,
  InfoClient,
  SubscriptionClient,
  WebSocketTransport,
} from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BTC, ETH, cloid, limit, trigger } from '#sandbox/hyperliquid/testing.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import type { SandboxProcess } from '../support/sandbox-process.ts';
import { until } from '../support/trading-system.ts';

let venue: SandboxProcess;
let sockets: WebSocketTransport;
beforeAll(async () => {
  venue = await startSandboxProcess();
});
afterAll(() => venue.stop());
beforeEach(async () => {
  sockets = new WebSocketTransport({ isTestnet: true, url: venue.wsUrl });
  await venue.control({ type: 'setPrices', prices: PRICES });
});
afterEach(() => sockets.close());

const PRICES = [
  { coin: 'BTC', price: 100_000 },
  { coin: 'ETH', price: 3_000 },
];
const BUILDER = '0x6530512a6c89c7cfcebc3ba7fcd9ada5f30827a6';

type Transport = HttpTransport | WebSocketTransport;

const overHttp = (): Transport => new HttpTransport({ isTestnet: true, apiUrl: venue.url });
const overWebSocket = (): Transport => sockets;

/** The clients of a new key. */
async function connect(transport: Transport, usdc?: string) {
  const { address, privateKey } = createTradingKey();
  if (usdc !== undefined) await venue.control({ type: 'fund', address, usdc });
  return { user: address as `0x${string}`, ...clientsOf(transport, privateKey) };
}

const clientsOf = (transport: Transport, privateKey: string) => ({
  exchange: new ExchangeClient({ transport, wallet: new Wallet(privateKey) }),
  info: new InfoClient({ transport }),
});

const setBtc = (price: number) => venue.control({ type: 'setPrice', coin: 'BTC', price });

describe.each([
  ['HTTP', overHttp],
  ['the WebSocket', overWebSocket],
])('over %s', (_, transportOf) => {
  let user: `0x${string}`;
  let exchange: ExchangeClient;
  let info: InfoClient;
  beforeEach(async () => {
    ({ user, exchange, info } = await connect(transportOf(), '10000'));
  });

  const place = async (...orders: Parameters<ExchangeClient['order']>[0]['orders']) =>
    (await exchange.order({ orders, grouping: 'na' })).response.data.statuses;
  const openOids = async () => (await info.openOrders({ user })).map(({ oid }) => oid);
  const positions = async () => (await info.clearinghouseState({ user })).assetPositions;

  it('reads the market', async () => {
    const [meta, ctxs] = await info.metaAndAssetCtxs();
    expect(meta.universe[BTC]).toMatchObject({ name: 'BTC', szDecimals: 5, maxLeverage: 40 });
    expect(ctxs[BTC]).toMatchObject({ markPx: '100000.0', midPx: '100000.0' });
    expect(await info.allMids()).toMatchObject({ BTC: '100000.0', ETH: '3000.0' });
    expect((await info.l2Book({ coin: 'BTC' }))?.levels.map((side) => side[0]?.px)).toEqual([
      '99995.0',
      '100005.0',
    ]);
    const startTime = Date.now() - 120_000;
    const candles = await info.candleSnapshot({ coin: 'BTC', interval: '1m', startTime });
    expect(candles.at(-1)).toMatchObject({ s: 'BTC', i: '1m', c: '100000.0' });
  });

  it('places, modifies and cancels by id and by client id', async () => {
    const gtc = await place(
      limit({ b: true, p: 90_000, s: '0.01', tif: 'Gtc', c: cloid(1) }),
      limit({ b: true, p: 91_000, s: '0.01', tif: 'Alo' }),
    );
    const [first, second] = await openOids();
    expect(gtc).toEqual([{ resting: { oid: second, cloid: cloid(1) } }, { resting: { oid: first } }]);
    await exchange.modify({ oid: first!, order: limit({ b: true, p: 91_500, s: '0.01', tif: 'Gtc' }) });
    const { response } = await exchange.batchModify({
      modifies: [
        { oid: cloid(1), order: limit({ b: true, p: 92_000, s: '0.02', tif: 'Gtc', c: cloid(1) }) },
        {
          oid: (await openOids()).find((oid) => oid !== second)!,
          order: limit({ b: true, p: 92_500, s: '0.01', tif: 'Gtc' }),
        },
      ],
    });
    expect(response.data.statuses).toMatchObject([{ resting: { cloid: cloid(1) } }, { resting: {} }]);
    expect(await info.frontendOpenOrders({ user })).toMatchObject([
      { limitPx: '92500.0', tif: 'Alo' },
      { limitPx: '92000.0', sz: '0.02', cloid: cloid(1) },
    ]);
    await exchange.cancelByCloid({ cancels: [{ asset: BTC, cloid: cloid(1) }] });
    const [last] = await openOids();
    await exchange.cancel({ cancels: [{ a: BTC, o: last! }] });
    expect(await info.orderStatus({ user, oid: last! })).toMatchObject({ order: { status: 'canceled' } });
    await expect(exchange.cancel({ cancels: [{ a: BTC, o: last! }] })).rejects.toThrow(
      'Order was never placed, already canceled, or filled. asset=0',
    );
  });

  it('trades at the market, and tells what became of it', async () => {
    expect(await place(limit({ b: true, p: 101_000, s: '0.05' }))).toMatchObject([
      { filled: { totalSz: '0.05', avgPx: '100005.0' } },
    ]);
    expect(await positions()).toMatchObject([{ position: { coin: 'BTC', szi: '0.05' } }]);
    await place(limit({ b: false, p: 99_000, s: '0.05', r: true }));
    expect(await positions()).toEqual([]);
    expect(await info.userFills({ user })).toMatchObject([{ dir: 'Close Long' }, { dir: 'Open Long' }]);
    await expect(place(limit({ b: false, p: 99_000, s: '0.05', r: true }))).rejects.toThrow(
      'Reduce only order would increase position. asset=0',
    );
    await expect(place(limit({ b: true, p: 101_000, s: '10' }))).rejects.toThrow(
      'Insufficient margin to place order. asset=0',
    );
  });

  it.each(['normalTpsl', 'positionTpsl'] as const)('protects a position by %s', async (grouping) => {
    const entry = limit({ b: true, p: 101_000, s: '0.02', tif: 'Gtc' });
    const exits = [
      trigger('tp', { b: false, p: 103_000, s: '0.02', c: cloid(2) }),
      trigger('sl', { b: false, p: 98_000, s: '0.02', c: cloid(3) }),
    ];
    if (grouping === 'positionTpsl') await place(entry);
    const orders = grouping === 'positionTpsl' ? exits : [entry, ...exits];
    const { response } = await exchange.order({ orders, grouping });
    expect(response.data.statuses.slice(-2)).toEqual(['waitingForTrigger', 'waitingForTrigger']);
    expect(await info.frontendOpenOrders({ user })).toMatchObject([
      { cloid: cloid(3), isTrigger: true, orderType: 'Stop Market', triggerCondition: 'Price below 98000' },
      { cloid: cloid(2), isTrigger: true, orderType: 'Take Profit Market' },
    ]);
    await setBtc(97_900);
    expect(await positions()).toEqual([]);
    expect(await openOids()).toEqual([]);
    expect(await info.orderStatus({ user, oid: cloid(3) })).toMatchObject({ order: { status: 'filled' } });
  });

  it('sets leverage and moves isolated margin', async () => {
    await exchange.updateLeverage({ asset: ETH, isCross: false, leverage: 5 });
    await place(limit({ a: ETH, b: true, p: 3_100, s: '1' }));
    await exchange.updateIsolatedMargin({ asset: ETH, isBuy: true, ntli: 100_000_000 });
    const [held] = await positions();
    expect(held).toMatchObject({ position: { leverage: { type: 'isolated', value: 5 } } });
    expect(Number(held!.position.marginUsed)).toBeCloseTo(700, 0);
    await expect(exchange.updateLeverage({ asset: ETH, isCross: true, leverage: 5 })).rejects.toThrow(
      'Cannot switch leverage type with open position.',
    );
    await expect(exchange.updateLeverage({ asset: BTC, isCross: true, leverage: 41 })).rejects.toThrow(
      'Invalid leverage value',
    );
  });

  it('lets an agent trade until its approval ends', async () => {
    const { address: agentAddress, privateKey } = createTradingKey();
    const { exchange: agent } = clientsOf(transportOf(), privateKey);
    const stranger = `L1 error: User or API Wallet ${agentAddress.toLowerCase()} does not exist.`;
    const act = () => agent.updateLeverage({ asset: ETH, isCross: true, leverage: 3 });
    await expect(act()).rejects.toThrow(stranger);
    const validUntil = Date.now() + 2_500;
    const agentName = `bot valid_until ${validUntil}`;
    await exchange.approveAgent({ agentAddress, agentName });
    expect(await info.extraAgents({ user })).toEqual([
      { name: 'bot', address: agentAddress.toLowerCase(), validUntil },
    ]);
    await agent.order({ orders: [limit({ b: true, p: 101_000, s: '0.01' })], grouping: 'na' });
    expect(await positions()).toMatchObject([{ position: { szi: '0.01' } }]);
    const refusal = await until('the end of the approval', () =>
      act().then(
        () => undefined,
        (error: unknown) => String(error),
      ),
    );
    expect(refusal).toContain(stranger);
    expect(Date.now()).toBeGreaterThanOrEqual(validUntil);
  });

  it('pays a builder that was approved, and no other', async () => {
    const order = (f: number) =>
      exchange.order({
        orders: [limit({ b: true, p: 101_000, s: '0.01' })],
        grouping: 'na',
        builder: { b: BUILDER, f },
      });
    await expect(order(10)).rejects.toThrow('Builder fee has not been approved.');
    await exchange.approveBuilderFee({ builder: BUILDER, maxFeeRate: '0.02%' });
    expect(await info.maxBuilderFee({ user, builder: BUILDER })).toBe(20);
    await order(20);
    expect(await info.userFills({ user })).toMatchObject([{ fee: '0.650033', builderFee: '0.20001' }]);
    await expect(order(21)).rejects.toThrow('Builder fee has not been approved.');
  });

  it('sends, moves and withdraws dollars', async () => {
    const friend = await connect(transportOf());
    await exchange.usdSend({ destination: friend.user, amount: '1500' });
    await exchange.usdClassTransfer({ amount: '500', toPerp: false });
    await exchange.withdraw3({ destination: user, amount: '100' });
    expect(await info.clearinghouseState({ user })).toMatchObject({ withdrawable: '7900.0' });
    expect(await info.spotClearinghouseState({ user })).toMatchObject({ balances: [{ total: '500.0' }] });
    await friend.exchange.order({ orders: [limit({ b: true, p: 101_000, s: '0.1' })], grouping: 'na' });
    await expect(friend.exchange.usdSend({ destination: user, amount: '1500' })).rejects.toThrow(
      'Insufficient balance for transfer.',
    );
  });

  it('cancels by a schedule, for accounts that traded enough', async () => {
    await place(limit({ b: true, p: 90_000, s: '0.01', tif: 'Gtc' }));
    const time = Date.now() + 60_000;
    await expect(exchange.scheduleCancel({ time })).rejects.toThrow(
      'Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.00.',
    );
    await venue.control({ type: 'fund', address: user, usdc: 1_000_000 });
    await place(limit({ b: true, p: 101_000, s: '5' }), limit({ b: false, p: 99_000, s: '5.01' }));
    await exchange.scheduleCancel({ time });
    await venue.control({ type: 'runScheduledCancel', address: user, nowMs: time });
    expect(await openOids()).toEqual([]);
  });
});

it('streams what the market and the account do', async () => {
  const { user, exchange } = await connect(overWebSocket(), '10000');
  const buy = (s: string) =>
    exchange.order({ orders: [limit({ b: true, p: 101_000, s, c: cloid(4) })], grouping: 'na' });
  await buy('0.01');
  const heard: Record<string, unknown[]> = {};
  const hear = (name: string) => (data: unknown) => void (heard[name] ??= []).push(data);
  const streams = new SubscriptionClient({ transport: sockets });
  const subscriptions = await Promise.all([
    streams.allMids(hear('allMids')),
    streams.bbo({ coin: 'BTC' }, hear('bbo')),
    streams.l2Book({ coin: 'BTC' }, hear('l2Book')),
    streams.candle({ coin: 'BTC', interval: '1m' }, hear('candle')),
    streams.trades({ coin: 'BTC' }, hear('trades')),
    streams.activeAssetCtx({ coin: 'BTC' }, hear('activeAssetCtx')),
    streams.userFills({ user }, hear('userFills')),
    streams.orderUpdates({ user }, hear('orderUpdates')),
    streams.userEvents({ user }, hear('userEvents')),
    streams.clearinghouseState({ user }, hear('clearinghouseState')),
    streams.openOrders({ user }, hear('openOrders')),
    streams.userFundings({ user }, hear('userFundings')),
  ]);
  await setBtc(100_100);
  await buy('0.02');
  await until('the funding', async () => {
    await venue.control({ type: 'payFunding' });
    return (heard['userFundings'] ?? []).length > 1;
  });
  expect(heard['userFills']).toMatchObject([
    { isSnapshot: true, fills: [{ sz: '0.01' }] },
    { user, fills: [{ sz: '0.02', cloid: cloid(4) }] },
  ]);
  expect(heard['orderUpdates']?.flat()).toMatchObject([{ status: 'filled', order: { cloid: cloid(4) } }]);
  expect(heard['userEvents']).toContainEqual(expect.objectContaining({ fills: expect.anything() }));
  expect(heard['trades']?.flat()).toMatchObject([{ coin: 'BTC', sz: '0.02' }]);
  expect(heard['clearinghouseState']?.at(-1)).toMatchObject({
    clearinghouseState: { assetPositions: [{ position: { szi: '0.03' } }] },
  });
  expect(heard['allMids']?.at(-1)).toMatchObject({ mids: { BTC: '100100.0' } });
  expect(heard['candle']?.at(-1)).toMatchObject({ c: '100100.0' });
  expect(new Set(Object.keys(heard))).toEqual(
    new Set([
      'activeAssetCtx',
      'allMids',
      'bbo',
      'candle',
      'clearinghouseState',
      'l2Book',
      'openOrders',
      'orderUpdates',
      'trades',
      'userEvents',
      'userFills',
      'userFundings',
    ]),
  );
  for (const subscription of subscriptions) await subscription.unsubscribe();
});
