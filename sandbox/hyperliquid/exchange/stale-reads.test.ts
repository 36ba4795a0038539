import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Fault } from './faults.ts';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

const LONG_MS = 600_000;

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const lag = (action?: string, ms = LONG_MS) =>
  trader.sandbox.control({ type: 'fault', fault: { kind: 'stale', ms, action, durationMs: LONG_MS } });
const enter = () =>
  statusesOf(
    trader,
    [
      limit({ b: true, p: '105000', s: '0.01', c: cloid(1) }),
      trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) }),
    ],
    'normalTpsl',
  );

/** What each kind of read tells, as few words. */
const read = async () => ({
  fills: (await trader.info.userFills({ user: TRADER })).length,
  account: (await trader.info.clearinghouseState({ user: TRADER })).assetPositions.length,
  openOrders: (await trader.info.frontendOpenOrders({ user: TRADER })).length,
  status: (await trader.info.orderStatus({ user: TRADER, oid: cloid(2) })).status,
});
const before = { fills: 0, account: 0, openOrders: 0, status: 'unknownOid' };
const after = { fills: 1, account: 1, openOrders: 1, status: 'order' };

it.each(['fills', 'account', 'openOrders', 'status'] as const)(
  'lags with reads of %s alone',
  async (kind) => {
    lag(kind);
    await enter();
    expect(await read()).toEqual({ ...after, [kind]: before[kind] });
  },
);

it('lags with all reads of accounts when no kind is named, and catches up once cleared', async () => {
  lag();
  await enter();
  expect(await read()).toEqual(before);
  trader.sandbox.control({ type: 'clearFaults' });
  expect(await read()).toEqual(after);
});

it('tells what it was that long ago, with the time of then', async () => {
  await enter();
  lag('account', 30);
  await statusesOf(trader, [limit({ b: false, p: '90000', s: '0.01', r: true })]);
  const closedAt = (await trader.info.userFills({ user: TRADER }))[0]!.time;
  const state = await trader.info.clearinghouseState({ user: TRADER });
  expect(state.assetPositions).toHaveLength(state.time < closedAt ? 1 : 0);
  await expect
    .poll(async () => (await trader.info.clearinghouseState({ user: TRADER })).assetPositions)
    .toEqual([]);
});

it('tells an order that has changed since as it was', async () => {
  await enter();
  lag();
  await statusesOf(trader, [limit({ b: false, p: '90000', s: '0.004', r: true })]);
  trader.sandbox.control({ type: 'cancelAll', address: TRADER });
  expect(await trader.info.frontendOpenOrders({ user: TRADER })).toMatchObject([
    { cloid: cloid(2), sz: '0.01' },
  ]);
  expect(await trader.info.orderStatus({ user: TRADER, oid: cloid(2) })).toMatchObject({
    order: { status: 'open' },
  });
});

it('serves as many reads as asked, of one user alone', async () => {
  const fault: Fault = { kind: 'stale', ms: LONG_MS, action: 'fills', count: 1, user: TRADER };
  trader.sandbox.control({ type: 'fault', fault });
  await enter();
  await trader.info.userFills({ user: `0x${'ab'.repeat(20)}` });
  expect(await trader.info.userFills({ user: TRADER })).toHaveLength(0);
  expect(await trader.info.userFills({ user: TRADER })).toHaveLength(1);
});

it('fails reads and orders apart', async () => {
  const fail = (action: string) =>
    trader.sandbox.control({
      type: 'fault',
      fault: { kind: 'http', status: 503, action, durationMs: LONG_MS },
    });
  fail('info');
  await expect(trader.info.allMids()).rejects.toThrow('503');
  expect(await enter()).toMatchObject([{ filled: {} }, 'waitingForTrigger']);
  trader.sandbox.control({ type: 'clearFaults' });
  fail('exchange');
  await expect(enter()).rejects.toThrow('503');
  expect(await trader.info.userFills({ user: TRADER })).toHaveLength(1);
});
