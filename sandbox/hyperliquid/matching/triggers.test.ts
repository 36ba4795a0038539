import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const ENTRY = cloid(1);
const STOP = cloid(2);
const TARGET = cloid(3);

async function statusOf(id: `0x${string}`): Promise<string> {
  const answer = await trader.info.orderStatus({ user: TRADER, oid: id });
  return answer.status === 'order' ? answer.order.status : answer.status;
}

const openIds = async (): Promise<unknown[]> =>
  (await trader.info.frontendOpenOrders({ user: TRADER })).map((order) => order.cloid).toReversed();

const entry = (tif: 'Ioc' | 'Gtc' = 'Ioc', p = '105000') => limit({ b: true, p, s: '0.01', tif, c: ENTRY });
const stop = (p: string, s = '0.01') => trigger('sl', { b: false, p, s, c: STOP });
const target = (p: string, s = '0.01', c = TARGET) => trigger('tp', { b: false, p, s, c });

describe('attached stop and targets', () => {
  it('are placed when the entry fills; the stop that closes the position cancels the target', async () => {
    expect(await statusesOf(trader, [entry(), stop('95000'), target('110000')], 'normalTpsl')).toMatchObject([
      { filled: {} },
      'waitingForTrigger',
      'waitingForTrigger',
    ]);
    expect(await openIds()).toEqual([STOP, TARGET]);
    trader.sandbox.setPrice('BTC', 94_990);
    expect(await statusOf(STOP)).toBe('filled');
    expect(await statusOf(TARGET)).toBe('siblingFilledCanceled');
    const { assetPositions, marginSummary } = await trader.info.clearinghouseState({ user: TRADER });
    expect(assetPositions).toEqual([]);
    expect(marginSummary.accountValue).toBe('9949.022545');
  });

  it('wait for a resting entry and are placed only once it is filled', async () => {
    expect(await statusesOf(trader, [entry('Gtc', '99000'), stop('95000')], 'normalTpsl')).toMatchObject([
      { resting: {} },
      'waitingForFill',
    ]);
    expect(await trader.info.frontendOpenOrders({ user: TRADER })).toMatchObject([
      { cloid: ENTRY, children: [{ cloid: STOP, isTrigger: true }] },
    ]);
    trader.sandbox.setPrice('BTC', 98_900);
    expect(await openIds()).toEqual([STOP]);
  });

  it('go with an entry that is cancelled', async () => {
    await statusesOf(trader, [entry('Gtc', '99000'), stop('95000')], 'normalTpsl');
    await trader.exchange.cancelByCloid({ cancels: [{ asset: 0, cloid: ENTRY }] });
    expect(await statusOf(STOP)).toBe('canceled');
  });

  it('are not placed when an immediate entry fills only in part', async () => {
    trader.sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.5 } });
    expect(await statusesOf(trader, [entry(), stop('95000')], 'normalTpsl')).toMatchObject([
      { filled: { totalSz: '0.005' } },
      'waitingForFill',
    ]);
    expect(await statusOf(STOP)).toBe('canceled');
    expect(await openIds()).toEqual([]);
  });

  it('share the fate of an entry that is refused', async () => {
    const error = 'Order could not immediately match against any resting orders. asset=0';
    expect(await statusesOf(trader, [entry('Ioc', '90000'), stop('85000')], 'normalTpsl')).toEqual([
      { error },
      { error },
    ]);
    expect(await openIds()).toEqual([]);
  });

  it('on the wrong side of the mark refuse the whole group before anything trades', async () => {
    expect(await statusesOf(trader, [entry(), stop('101000')], 'normalTpsl')).toEqual([
      { error: 'Invalid TP/SL price. asset=0' },
      { error: 'Invalid TP/SL price. asset=0' },
    ]);
    expect(await trader.info.userFills({ user: TRADER })).toEqual([]);
  });

  it('must be reduce-only', async () => {
    const loose = { ...stop('95000'), r: false };
    await expect(statusesOf(trader, [entry(), loose], 'normalTpsl')).rejects.toThrow('reduce only');
  });
});

describe('a ladder of targets', () => {
  const SECOND = cloid(4);

  beforeEach(async () => {
    const ladder = [target('102000', '0.004'), target('104000', '0.006', SECOND)];
    await statusesOf(trader, [entry(), stop('95000'), ...ladder], 'normalTpsl');
  });

  it('leaves the stop in place, shrunk to the rest, when its first step fills', async () => {
    trader.sandbox.setPrice('BTC', 102_500);
    expect(await statusOf(TARGET)).toBe('filled');
    const open = await trader.info.frontendOpenOrders({ user: TRADER });
    expect(open.find((order) => order.cloid === STOP)).toMatchObject({ sz: '0.006', origSz: '0.01' });
    expect(await openIds()).toEqual([STOP, SECOND]);
  });

  it('takes the stop away with its last step', async () => {
    trader.sandbox.setPrice('BTC', 102_500);
    trader.sandbox.setPrice('BTC', 104_500);
    expect(await statusOf(SECOND)).toBe('filled');
    expect(await statusOf(STOP)).toBe('siblingFilledCanceled');
  });

  it('is fully executed by one print through all of it', async () => {
    trader.sandbox.setPrice('BTC', 106_000);
    expect(await openIds()).toEqual([]);
    expect((await trader.info.clearinghouseState({ user: TRADER })).assetPositions).toEqual([]);
  });
});

it('a person closing the position takes its triggers away', async () => {
  await statusesOf(trader, [entry(), stop('95000'), target('110000')], 'normalTpsl');
  await statusesOf(trader, [limit({ b: false, p: '95000', s: '0.01', r: true })]);
  expect([await statusOf(STOP), await statusOf(TARGET)]).toEqual([
    'reduceOnlyCanceled',
    'reduceOnlyCanceled',
  ]);
});

it('a stop that is moved keeps its client id and its target', async () => {
  await statusesOf(trader, [entry(), stop('95000'), target('110000')], 'normalTpsl');
  const before = await trader.info.orderStatus({ user: TRADER, oid: STOP });
  await trader.exchange.batchModify({ modifies: [{ oid: STOP, order: stop('97000') }], a: true });
  const after = await trader.info.orderStatus({ user: TRADER, oid: STOP });
  expect(after).toMatchObject({ order: { status: 'open', order: { triggerPx: '97000.0' } } });
  expect(after).not.toEqual(before);
  expect(await openIds()).toEqual([TARGET, STOP]);
  trader.sandbox.setPrice('BTC', 96_000);
  expect([await statusOf(STOP), await statusOf(TARGET)]).toEqual(['filled', 'siblingFilledCanceled']);
});

it('a trigger is not moved without always_place, nor to a price the mark has reached', async () => {
  await statusesOf(trader, [entry(), stop('95000')], 'normalTpsl');
  const { exchange } = trader;
  await expect(exchange.batchModify({ modifies: [{ oid: STOP, order: stop('96000') }] })).rejects.toThrow(
    'always_place',
  );
  await expect(exchange.modify({ oid: STOP, order: stop('100500'), a: true })).rejects.toThrow(
    'Invalid TP/SL price',
  );
  expect(await openIds()).toEqual([STOP]);
});

it("a position's own stop follows its size", async () => {
  await statusesOf(trader, [entry()]);
  expect(await statusesOf(trader, [stop('95000')], 'positionTpsl')).toEqual(['waitingForTrigger']);
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.02' })]);
  expect(await trader.info.frontendOpenOrders({ user: TRADER })).toMatchObject([
    { sz: '0.03', isPositionTpsl: true },
  ]);
  trader.sandbox.setPrice('BTC', 94_000);
  expect((await trader.info.clearinghouseState({ user: TRADER })).assetPositions).toEqual([]);
});

it('a stop of a short fires above, at the price of the jump and not at its level', async () => {
  await statusesOf(trader, [limit({ b: false, p: '95000', s: '0.01' })]);
  await statusesOf(trader, [trigger('sl', { b: true, p: '105000', s: '0.01', c: STOP })]);
  trader.sandbox.setPrice('BTC', 109_000);
  expect(await trader.info.userFills({ user: TRADER })).toMatchObject([
    { px: '109000.0', dir: 'Close Short', closedPnl: '-90.0' },
    { dir: 'Open Short' },
  ]);
});

it('a fired trigger can be made to fail', async () => {
  await statusesOf(trader, [entry(), stop('95000')], 'normalTpsl');
  trader.sandbox.control({ type: 'fault', fault: { kind: 'rejectTrigger', cloid: STOP } });
  trader.sandbox.setPrice('BTC', 94_000);
  expect(await statusOf(STOP)).toBe('rejected');
  expect((await trader.info.clearinghouseState({ user: TRADER })).assetPositions).toHaveLength(1);
});
