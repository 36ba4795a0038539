import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { OrderReport } from '#domain/order.ts';
import type { OrderRequest, Outcome, TradingAccount, TradingSigner, Venue } from '../venue.ts';
import { createHyperliquidVenue } from './index.ts';
import { approveTradingKey } from './accounts/provisioning.ts';
import { BITCOIN, orderRequest, randomSigner, tradingAccount } from './testing.ts';

let sandbox: HyperliquidSandbox;
let venue: Venue;
let master: TradingSigner;
let account: TradingAccount;
let nonce = Date.now();
const next = () => ({ nonce: (nonce += 1) });

beforeAll(async () => {
  sandbox = await startHyperliquidSandbox();
  venue = createHyperliquidVenue({
    url: sandbox.url,
    network: 'testnet',
    weightPerMinute: 1_000_000,
    timeoutMs: { exchange: 2_000, info: 2_000 },
  });
});
afterAll(async () => {
  await venue.close();
  await sandbox.close();
});
beforeEach(async () => {
  sandbox.control({ type: 'clearFaults' });
  sandbox.setPrice('BTC', 50_000);
  ({ master, account } = await openAccount('10000'));
});

async function openAccount(usdc: string) {
  const owner = randomSigner();
  const key = randomSigner();
  sandbox.fund(owner.address, usdc);
  const approved = await approveTradingKey({
    url: sandbox.url,
    network: 'testnet',
    masterSigner: owner,
    agentAddress: key.address,
    agentName: 'signalman',
  });
  expect(approved).toEqual({ kind: 'confirmed', value: null });
  return { master: owner, account: tradingAccount(owner, key) };
}

const stopOf = (changes: Partial<OrderRequest> = {}) =>
  orderRequest({
    side: 'sell',
    kind: 'stop_trigger',
    price: '42750',
    triggerPrice: '47500',
    reduceOnly: true,
    ...changes,
  });
const targetOf = () =>
  orderRequest({
    side: 'sell',
    kind: 'take_profit_trigger',
    price: '46800',
    triggerPrice: '52000',
    reduceOnly: true,
  });

/** What the venue confirmed, or the test fails with what it said instead. */
function confirmed<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind !== 'confirmed') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}
const lookUp = (order: OrderRequest): Promise<OrderReport | null> =>
  venue.accounts.orderByClientId(account.accountId, order.clientOrderId);
const openEntry = async (size = '0.01') => {
  const entry = orderRequest({ size });
  return confirmed(await venue.execution.place(account, [entry], 'single', next()));
};

describe('an entry with its protection in one action', () => {
  test('fills, and its stop and target stand armed', async () => {
    const orders = [orderRequest(), stopOf(), targetOf()];
    const [entry, stop, target] = confirmed(await venue.execution.place(account, orders, 'attached', next()));
    expect(entry).toMatchObject({ status: 'filled', filledSize: '0.01', averagePrice: '50003' });
    expect([stop?.status, target?.status]).toEqual(['resting', 'resting']);
    const open = await venue.accounts.openOrders(account.accountId);
    expect(open.map(({ triggerPrice, reduceOnly, size }) => ({ triggerPrice, reduceOnly, size }))).toEqual(
      expect.arrayContaining([
        { triggerPrice: '47500', reduceOnly: true, size: '0.01' },
        { triggerPrice: '52000', reduceOnly: true, size: '0.01' },
      ]),
    );
    const state = await venue.accounts.account(account.accountId);
    expect(state.positions).toEqual([expect.objectContaining({ symbol: 'BTC', size: '0.01' })]);
  });

  test('filled in part it is over, its protection was never placed', async () => {
    sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.5 } });
    const orders = [orderRequest(), stopOf()];
    const [entry] = confirmed(await venue.execution.place(account, orders, 'attached', next()));
    expect(entry).toMatchObject({ status: 'canceled', filledSize: '0.005' });
    expect(await venue.accounts.openOrders(account.accountId)).toEqual([]);
    const stop = stopOf({ size: '0.005' });
    const [placed] = confirmed(await venue.execution.place(account, [stop], 'single', next()));
    expect(placed).toMatchObject({ status: 'resting' });
  });

  test('the stop fires on the mark price and the target goes with it', async () => {
    const stop = stopOf();
    const target = targetOf();
    await venue.execution.place(account, [orderRequest(), stop, target], 'attached', next());
    sandbox.setPrice('BTC', 47_400);
    expect(await lookUp(stop)).toMatchObject({ status: 'filled', filledSize: '0.01' });
    expect(await lookUp(target)).toMatchObject({
      status: 'canceled',
      filledSize: '0',
      code: 'sibling_filled',
    });
    const fills = await venue.accounts.fillsSince(account.accountId, 0);
    expect(fills.map(({ side, size }) => [side, size])).toEqual([
      ['buy', '0.01'],
      ['sell', '0.01'],
    ]);
    expect(fills[1]?.clientOrderId).toBe(stop.clientOrderId);
  });
});

describe('an answer that got lost', () => {
  test('after the venue acted: the fence says it landed, the look-up says what it did', async () => {
    sandbox.control({ type: 'fault', fault: { kind: 'loseAnswer', action: 'order' } });
    const entry = orderRequest();
    const sent = next();
    expect(await venue.execution.place(account, [entry], 'single', sent)).toMatchObject({
      kind: 'unresolved',
    });
    expect(await venue.execution.fence(account, sent.nonce)).toEqual({ kind: 'confirmed', value: 'landed' });
    expect(await lookUp(entry)).toMatchObject({ status: 'filled', filledSize: '0.01' });
    expect(await venue.accounts.fillsSince(account.accountId, 0)).toHaveLength(1);
  });

  test('before the venue acted: the fence keeps it from ever happening', async () => {
    sandbox.control({ type: 'fault', fault: { kind: 'loseRequest', action: 'order' } });
    const entry = orderRequest();
    const sent = next();
    expect(await venue.execution.place(account, [entry], 'single', sent)).toMatchObject({
      kind: 'unresolved',
    });
    expect(await venue.execution.fence(account, sent.nonce)).toEqual({ kind: 'confirmed', value: 'fenced' });
    expect(await lookUp(entry)).toBeNull();
    const late = await venue.execution.place(account, [entry], 'single', sent);
    expect(late).toMatchObject({ kind: 'rejected', code: 'nonce_duplicate' });
  });
});

describe('a refusal has its code', () => {
  test.each<[string, Partial<OrderRequest>, string]>([
    ['too small', { size: '0.0001' }, 'below_minimum'],
    ['too large for the margin', { size: '20' }, 'insufficient_margin'],
    ['too far from the market to fill', { price: '45000' }, 'ioc_no_match'],
    [
      'reduce-only without a position',
      { reduceOnly: true, side: 'sell', price: '49500' },
      'reduce_only_would_increase',
    ],
  ])('%s', async (_name, changes, code) => {
    const outcome = await venue.execution.place(account, [orderRequest(changes)], 'single', next());
    expect(confirmed(outcome)).toEqual([expect.objectContaining({ status: 'rejected', code })]);
  });

  test('a key nobody approved', async () => {
    const stranger = tradingAccount(master, randomSigner());
    const outcome = await venue.execution.place(stranger, [orderRequest()], 'single', next());
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'signer_unknown' });
  });

  test('a signature for the other network', async () => {
    const mainnet = createHyperliquidVenue({ url: sandbox.url, network: 'mainnet' });
    const outcome = await mainnet.execution.place(account, [orderRequest()], 'single', next());
    await mainnet.close();
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'signer_unknown' });
  });
});

describe('a stop that moves', () => {
  test('is replaced in place and keeps its client id', async () => {
    await openEntry();
    const stop = stopOf();
    const [placed] = confirmed(await venue.execution.place(account, [stop], 'single', next()));
    const tighter = stopOf({ clientOrderId: stop.clientOrderId, triggerPrice: '48500', price: '43650' });
    const moved = confirmed(await venue.execution.modify(account, stop.clientOrderId, tighter, next()));
    expect(moved).toMatchObject({ status: 'resting', clientOrderId: stop.clientOrderId });
    expect(moved.venueOrderId).not.toBe(placed?.venueOrderId);
    const open = await venue.accounts.openOrders(account.accountId);
    expect(open).toEqual([
      expect.objectContaining({ clientOrderId: stop.clientOrderId, triggerPrice: '48500' }),
    ]);
  });

  test('can be named by the venue’s number too', async () => {
    await openEntry();
    const stop = stopOf();
    const [placed] = confirmed(await venue.execution.place(account, [stop], 'single', next()));
    if (!placed?.venueOrderId) throw new Error('the stop has no number');
    const tighter = stopOf({ clientOrderId: stop.clientOrderId, triggerPrice: '49000', price: '44100' });
    confirmed(await venue.execution.modify(account, placed.venueOrderId, tighter, next()));
    const open = await venue.accounts.openOrders(account.accountId);
    expect(open.map(({ triggerPrice }) => triggerPrice)).toEqual(['49000']);
  });
});

test('cancelling twice is cancelling once', async () => {
  await openEntry();
  const stop = stopOf();
  await venue.execution.place(account, [stop], 'single', next());
  const cancel = () => venue.execution.cancel(account, BITCOIN, [stop.clientOrderId], next());
  expect(await cancel()).toEqual({ kind: 'confirmed', value: null });
  expect(await cancel()).toEqual({ kind: 'confirmed', value: null });
  expect(await lookUp(stop)).toMatchObject({ status: 'canceled', filledSize: '0', code: 'canceled' });
});

test('leverage is cross where it may be and isolated where it must be', async () => {
  const instruments = await venue.market.instruments();
  const isolated = instruments.find(({ onlyIsolated }) => onlyIsolated);
  if (isolated === undefined) throw new Error('the sandbox lists no isolated instrument');
  expect(await venue.execution.setLeverage(account, BITCOIN, 5, next())).toEqual({
    kind: 'confirmed',
    value: null,
  });
  expect(await venue.execution.setLeverage(account, isolated, 3, next())).toEqual({
    kind: 'confirmed',
    value: null,
  });
});

test('only an approved key is approved, and the owner always', async () => {
  const { accountId, signer } = account;
  expect(await venue.accounts.keyState(accountId, signer.address)).toMatchObject({ state: 'approved' });
  expect(await venue.accounts.keyState(accountId, master.address)).toMatchObject({ state: 'approved' });
  expect(await venue.accounts.keyState(accountId, randomSigner().address)).toEqual({ state: 'removed' });
});

test('money, funding and prices read as the venue has them', async () => {
  await openEntry();
  sandbox.control({ type: 'setFundingRate', coin: 'BTC', rate: '0.0001' });
  sandbox.control({ type: 'payFunding' });
  const state = await venue.accounts.account(account.accountId);
  const books = sandbox.state().accounts.find(({ address }) => address === account.accountId);
  expect(Number(state.equityUsd)).toBeCloseTo(Number(books?.accountValue), 6);
  const [funding] = await venue.accounts.fundingSince(account.accountId, 0);
  expect(funding).toMatchObject({ symbol: 'BTC', amountUsd: '-0.05' });
  const prices = await venue.market.prices();
  expect(prices.find(({ symbol }) => symbol === 'BTC')?.price).toBe('50000');
  const candles = await venue.market.candles('BTC', Date.now() - 60_000, Date.now());
  expect(candles.at(-1)?.close).toBe('50000');
  expect(await venue.market.ping()).toBeGreaterThan(0);
});

test('instruments carry the venue’s rules', async () => {
  const instruments = await venue.market.instruments();
  expect(instruments[0]).toEqual(BITCOIN);
  expect(instruments.find(({ symbol }) => symbol === 'kPEPE')).toMatchObject({
    priceRule: { kind: 'significant', figures: 5, decimals: 6 },
    lot: '1',
  });
});
