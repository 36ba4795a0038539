import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';
import type { Fault } from '../exchange/faults.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const buy = [limit({ b: true, p: '105000', s: '0.001', c: cloid(1) })];
const post = (path: string, body: string) => fetch(`${trader.sandbox.url}${path}`, { method: 'POST', body });
const command = (body: unknown) => post('/control', JSON.stringify(body));
const fills = async () => (await trader.info.userFills({ user: TRADER })).length;
const arm = (fault: Fault) => trader.sandbox.control({ type: 'fault', fault });

it('refuses as many orders as asked, then none', async () => {
  arm({ kind: 'refuse', error: 'Order price too far from oracle', action: 'order', count: 2 });
  const error = 'Order price too far from oracle asset=0';
  expect(await statusesOf(trader, [...buy, ...buy, ...buy])).toMatchObject([
    { error },
    { error },
    { filled: {} },
  ]);
});

it('refuses only the client id it is for', async () => {
  arm({ kind: 'refuse', error: 'no', cloid: cloid(2) });
  expect(await statusesOf(trader, buy)).toMatchObject([{ filled: {} }]);
  expect(await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.001', c: cloid(2) })])).toMatchObject([
    { error: 'no asset=0' },
  ]);
});

it('loses the answer of an order that was accepted', async () => {
  arm({ kind: 'loseAnswer', action: 'order' });
  await expect(statusesOf(trader, buy)).rejects.toThrow(/fetch failed|HTTP request error/);
  expect(await fills()).toBe(1);
});

it('loses an order before it is accepted', async () => {
  arm({ kind: 'loseRequest', action: 'order' });
  await expect(statusesOf(trader, buy)).rejects.toThrow(/fetch failed|HTTP request error/);
  expect(await fills()).toBe(0);
});

it.each([429, 502])('answers HTTP %d', async (status) => {
  arm({ kind: 'http', status, action: 'order' });
  await expect(statusesOf(trader, buy)).rejects.toThrow(String(status));
  expect(await statusesOf(trader, buy)).toMatchObject([{ filled: {} }]);
});

it('holds an answer back after the order was accepted', async () => {
  arm({ kind: 'delay', ms: 50 });
  const answer = statusesOf(trader, buy);
  await expect.poll(() => trader.sandbox.orderLog()).toHaveLength(1);
  expect(await answer).toMatchObject([{ filled: {} }]);
});

it('logs each signed request with the time it came', async () => {
  const before = performance.timeOrigin + performance.now();
  await statusesOf(trader, buy);
  const [entry] = trader.sandbox.orderLog({ action: 'order' });
  expect(entry).toMatchObject({ action: 'order', user: TRADER, cloids: [cloid(1)], status: 'ok' });
  expect(entry!.receivedAt).toBeGreaterThan(before);
});

it('is commanded over HTTP as well, and says what it cannot read', async () => {
  expect((await command({ type: 'setPrice', coin: 'BTC', price: '90000' })).status).toBe(200);
  expect((await trader.info.allMids())['BTC']).toBe('90000.0');
  const refused = await command({ type: 'setPrice', coin: 'NOPE', price: '1' });
  expect([refused.status, await refused.text()]).toEqual([400, 'CommandError: unknown coin NOPE']);
});

it('answers an unreadable body as the venue does', async () => {
  for (const [path, body] of [
    ['/info', '{"type":"nothing"}'],
    ['/info', 'not json'],
    ['/exchange', '{"action":{"type":"order"}}'],
  ] as const) {
    const response = await post(path, body);
    expect([response.status, await response.text()]).toEqual([
      422,
      'Failed to deserialize the JSON body into the target type',
    ]);
  }
});

it('knows nothing of an order that was accepted, as often as asked', async () => {
  arm({ kind: 'noStatus', cloid: cloid(1) });
  await statusesOf(trader, buy);
  const status = () => trader.info.orderStatus({ user: TRADER, oid: cloid(1) });
  expect(await status()).toEqual({ status: 'unknownOid' });
  expect(await status()).toMatchObject({ status: 'order' });
});

it('takes nothing but post-only orders after an upgrade', async () => {
  arm({ kind: 'postOnly', durationMs: 60_000 });
  const error = 'Only post-only orders allowed immediately after a network upgrade asset=0';
  const resting = limit({ b: true, p: '90000', s: '0.001', tif: 'Alo' });
  const stop = trigger('sl', { b: false, p: '95000', s: '0.001' });
  expect(await statusesOf(trader, [...buy, resting, stop])).toMatchObject([
    { error },
    { resting: {} },
    { error },
  ]);
});

it('refuses to reduce by less than 10 USD, triggers and attached orders included', async () => {
  arm({ kind: 'reduceOnlyMinimum', durationMs: 60_000 });
  const error = 'Order must have minimum value of $10. asset=0';
  await statusesOf(trader, buy);
  const sell = (s: string) => limit({ b: false, p: '95000', s, r: true });
  const stop = trigger('sl', { b: false, p: '95000', s: '0.0001' });
  expect(await statusesOf(trader, [sell('0.0001'), stop])).toMatchObject([{ error }, { error }]);
  expect(await statusesOf(trader, [...buy, stop], 'normalTpsl')).toMatchObject([{ error }, { error }]);
  expect(await statusesOf(trader, [sell('0.001')])).toMatchObject([{ filled: {} }]);
});

it('enforces request weights when asked to', async () => {
  const strict = await openTrader({ enforceLimits: true });
  try {
    for (let i = 0; i < 20; i++) await strict.info.userRole({ user: TRADER });
    await expect(strict.info.userRole({ user: TRADER })).rejects.toThrow('429');
  } finally {
    await strict.close();
  }
});

it("enforces an address's budget of requests when asked to", async () => {
  const strict = await openTrader({ enforceLimits: true });
  try {
    const many = Array.from({ length: 2_001 }, () => ({ asset: 0, cloid: cloid(1) }));
    const cancel = () => strict.exchange.cancelByCloid({ cancels: many });
    for (let i = 0; i < 5; i++) await expect(cancel()).rejects.toThrow('Order was never placed');
    await expect(statusesOf(strict, buy)).rejects.toThrow(
      'Too many cumulative requests sent (10006 > 10000) for cumulative volume traded $0.00.',
    );
    await expect(cancel()).rejects.toThrow('Order was never placed');
  } finally {
    await strict.close();
  }
});
