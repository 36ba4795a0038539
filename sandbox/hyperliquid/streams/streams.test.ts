import { SubscriptionClient, WebSocketTransport } from '@nktkas/hyperliquid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
let transport: WebSocketTransport;
let streams: SubscriptionClient;
beforeEach(async () => {
  trader = await openTrader();
  transport = new WebSocketTransport({ url: trader.sandbox.wsUrl, isTestnet: true });
  streams = new SubscriptionClient({ transport });
  await transport.ready();
});
afterEach(async () => {
  transport.close();
  await trader.close();
});

describe('market streams', () => {
  it('push the mark price of every tick, in order', async () => {
    const marks: string[] = [];
    await streams.activeAssetCtx({ coin: 'BTC' }, ({ ctx }) => marks.push(ctx.markPx));
    for (let i = 1; i <= 300; i++) trader.sandbox.setPrice('BTC', 100_000 + i);
    await expect.poll(() => marks.length).toBe(301);
    expect(marks).toEqual(Array.from({ length: 301 }, (_, i) => `${100_000 + i}.0`));
  });

  it('start with the present and follow: mids, best prices, book, candle', async () => {
    const seen: Record<string, unknown[]> = { mids: [], bbo: [], book: [], candle: [] };
    await streams.allMids((event) => seen['mids']!.push(event.mids['BTC']));
    await streams.bbo({ coin: 'BTC' }, (event) => seen['bbo']!.push(event.bbo[0]?.px));
    await streams.l2Book({ coin: 'BTC' }, (event) => seen['book']!.push(event.levels[1][0]?.px));
    await streams.candle({ coin: 'BTC', interval: '1m' }, (event) => seen['candle']!.push(event.c));
    trader.sandbox.setPrice('BTC', 101_000);
    const both = ['100000.0', '101000.0'];
    await expect.poll(() => seen).toEqual({ mids: both, bbo: both, book: both, candle: both });
  });
});

it('repeats the price of a coin while it does not change', async () => {
  const quick = await openTrader({ repeatPricesMs: 20 });
  const line = new WebSocketTransport({ url: quick.sandbox.wsUrl, isTestnet: true });
  const seen: [string, string][] = [];
  const note = ({ coin, ctx }: { coin: string; ctx: { markPx: string } }) =>
    void seen.push([coin, ctx.markPx]);
  await new SubscriptionClient({ transport: line }).activeAssetCtx({ coin: 'BTC' }, note);
  await new SubscriptionClient({ transport: line }).activeAssetCtx({ coin: 'ETH' }, note);
  await expect.poll(() => seen.filter(([coin]) => coin === 'BTC').length).toBeGreaterThan(2);
  await expect.poll(() => seen.filter(([coin]) => coin === 'ETH').length).toBeGreaterThan(2);
  expect(new Set(seen.map((each) => each.join(' ')))).toEqual(new Set(['BTC 100000.0', 'ETH 3000.0']));
  line.close();
  await quick.close();
});

describe('account streams', () => {
  it('give a snapshot of fills and then each new one', async () => {
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.001' })]);
    const events: unknown[] = [];
    await streams.userFills({ user: TRADER }, (event) => events.push(event));
    await expect
      .poll(() => events)
      .toMatchObject([{ isSnapshot: true, user: TRADER, fills: [{ sz: '0.001' }] }]);
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.002', c: cloid(5) })]);
    await expect
      .poll(() => events[1])
      .toMatchObject({ user: TRADER, fills: [{ sz: '0.002', cloid: cloid(5) }] });
  });

  it('tell the life of a stop: open, triggered, filled', async () => {
    const statuses: string[] = [];
    await streams.orderUpdates({ user: TRADER }, (updates) => {
      for (const { order, status } of updates) if (order.cloid === cloid(2)) statuses.push(status);
    });
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.001' })]);
    await statusesOf(trader, [trigger('sl', { b: false, p: '95000', s: '0.001', c: cloid(2) })]);
    trader.sandbox.setPrice('BTC', 94_000);
    await expect.poll(() => statuses).toEqual(['open', 'triggered', 'filled']);
  });

  it('push account state, open orders, funding and events', async () => {
    const seen = { state: 0, orders: 0, fundings: 0, events: 0 };
    await streams.clearinghouseState({ user: TRADER }, () => void seen.state++);
    await streams.openOrders({ user: TRADER }, () => void seen.orders++);
    await streams.userFundings({ user: TRADER }, () => void seen.fundings++);
    await streams.userEvents({ user: TRADER }, () => void seen.events++);
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.001' })]);
    trader.sandbox.control({ type: 'payFunding' });
    await expect.poll(() => seen).toEqual({ state: 3, orders: 2, fundings: 2, events: 2 });
  });
});

it('answers info requests and orders sent over the socket', async () => {
  expect(await transport.request('info', { type: 'allMids' })).toMatchObject({ BTC: '100000.0' });
  await expect(transport.request('info', { type: 'nothing' })).rejects.toThrow('422');
});

it('loses every subscriber when sockets are dropped, who come back by themselves', async () => {
  const marks: string[] = [];
  await streams.activeAssetCtx({ coin: 'BTC' }, ({ ctx }) => marks.push(ctx.markPx));
  trader.sandbox.control({ type: 'dropSockets' });
  await expect.poll(() => marks.length, { timeout: 10_000 }).toBe(2);
  trader.sandbox.setPrice('BTC', 99_000);
  await expect.poll(() => marks.at(-1)).toBe('99000.0');
});

it('pushes nothing while frozen', async () => {
  const marks: string[] = [];
  await streams.activeAssetCtx({ coin: 'BTC' }, ({ ctx }) => marks.push(ctx.markPx));
  trader.sandbox.control({ type: 'freezeStreams', durationMs: 60_000 });
  trader.sandbox.setPrice('BTC', 99_000);
  trader.sandbox.control({ type: 'freezeStreams', durationMs: 0 });
  trader.sandbox.setPrice('BTC', 98_000);
  await expect.poll(() => marks).toEqual(['100000.0', '98000.0']);
});

it('closes a socket to which it had nothing to say', async () => {
  const quick = await openTrader({ idleSocketMs: 50 });
  const socket = new WebSocket(quick.sandbox.wsUrl);
  const code = await new Promise((resolve) => socket.on('close', resolve));
  expect(code).toBe(1000);
  await quick.close();
});

it('refuses a second identical subscription and one it does not know', async () => {
  const socket = new WebSocket(trader.sandbox.wsUrl);
  const errors: unknown[] = [];
  socket.on('message', (data: Buffer) => {
    const message: { channel: string; data: unknown } = JSON.parse(data.toString('utf8'));
    if (message.channel === 'error') errors.push(message.data);
  });
  await new Promise((resolve) => socket.once('open', resolve));
  for (const subscription of [{ type: 'allMids' }, { type: 'allMids' }, { type: 'bbo', coin: 'NOPE' }])
    socket.send(JSON.stringify({ method: 'subscribe', subscription }));
  await expect
    .poll(() => errors)
    .toEqual(['Already subscribed: {"type":"allMids"}', 'Invalid subscription {"type":"bbo","coin":"NOPE"}']);
  socket.terminate();
});
