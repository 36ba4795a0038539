import { Contract } from 'ethers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { openPosition } from '#activities/execution/open-position.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import type { TradeId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { byHand } from '#tests/support/by-hand.ts';
import { startOstiumTrades, type OstiumTrades } from '#tests/support/ostium-trades.ts';
import { usdc } from '#tests/support/ostium-test-venue.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '#tests/support/routing-harness.ts';

/** The steps of a first entry that is refused, of the smaller plan, and of the second entry. */
const STEPS = [
  'entry.after_store',
  'entry.before_resize',
  'entry.after_resize',
  'entry.before_send',
  'entry.after_send',
  'entry.after_open',
];
const STOP = { stopLoss: { pct: 5 } };

let hyperliquid: RoutingHarness;
let ostium: OstiumTrades;
beforeAll(async () => {
  [hyperliquid, ostium] = await Promise.all([startRoutingHarness(), startOstiumTrades()]);
  const { hyperliquid: sandbox } = hyperliquid.sandboxes;
  sandbox.setPrice('BTC', 50_000);
  sandbox.setPrice('ETH', 3_000);
  await hyperliquid.refresh();
});
afterEach(() => {
  hyperliquid?.dieAt.clear();
  hyperliquid?.sandboxes.hyperliquid.control({ type: 'clearFaults' });
});
afterAll(async () => {
  await Promise.all([hyperliquid?.stop(), ostium?.stop()]);
});

/** A trade of 9,000 USD whose entry was planned and not sent yet, in an account that has 3,000 USD left by now. */
async function shortOfMargin(): Promise<{ tradeId: TradeId; deployment: HarnessDeployment }> {
  const deployment = await hyperliquid.deploy({ hyperliquid: '10000' }, { maxNotionalUsd: '100000' });
  const { hyperliquid: sandbox } = hyperliquid.sandboxes;
  const owner = await byHand({ db: hyperliquid.db, sandbox }, deployment);
  await owner.margin('BTC', 'cross', 1);
  const sizeModel = { mode: 'fixedNotional', notionalUsd: '9000' } as const;
  const signal = await hyperliquid.signal(deployment, { barriers: STOP, sizeModel });
  hyperliquid.dieAt.add('entry.before_send');
  expect(await hyperliquid.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
  await owner.margin('ETH', 'cross', 1);
  await owner.sell('ETH', '2.3', 2_900);
  const { id } = await hyperliquid.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
  return { tradeId: (await getTrade(hyperliquid.db, id)).id, deployment };
}

/** Dies at every step in turn, each time taken up by the next attempt, which the last one ends. */
async function openThroughDeaths(
  { execution, dieAt }: { execution: ExecutionDeps; dieAt: Set<string> },
  tradeId: TradeId,
): Promise<TradeRecord> {
  for (const step of STEPS) {
    dieAt.add(step);
    await expect(openPosition(execution, { tradeId }), step).rejects.toThrow(`died at ${step}`);
  }
  expect(await openPosition(execution, { tradeId })).toMatchObject({ outcome: 'opened', protected: true });
  return getTrade(execution.db, tradeId);
}

/** Expects one refused entry, one smaller one that filled, a stop of its size, and one line of the story. */
async function expectSmaller({ db }: ExecutionDeps, trade: TradeRecord, limitUsd: number): Promise<void> {
  const orders = await listOrders(db, trade.id);
  expect(orders.filter(({ leg }) => leg === 'entry')).toMatchObject([
    { revision: 0, status: 'rejected' },
    { revision: 1, status: 'filled' },
  ]);
  const value = amount(trade.entrySize ?? '0').mul(trade.entryPrice ?? '0');
  expect(value.toNumber()).toBeLessThanOrEqual(limitUsd);
  expect(value.toNumber()).toBeGreaterThan(limitUsd * 0.9);
  const stops = orders.filter(({ leg, status }) => leg === 'stop' && status === 'resting');
  expect(stops).toHaveLength(1);
  expect(amount(stops[0]?.size ?? '0').toNumber()).toBeCloseTo(Number(trade.entrySize), 6);
  expect(trade.plan?.resizedFrom).toBeDefined();
  expect(await db.tradeEvent.count({ where: { tradeId: trade.id, type: 'entry_resized' } })).toBe(1);
}

describe('an entry that is refused for want of margin goes out once more, smaller, whoever dies', () => {
  test('at Hyperliquid', async () => {
    const { tradeId } = await shortOfMargin();
    const trade = await openThroughDeaths(hyperliquid, tradeId);
    await expectSmaller(hyperliquid.execution, trade, 3_100);
    const { positions } = await hyperliquid.execution.venues
      .get('hyperliquid')!
      .accounts.account(trade.accountId);
    expect(positions.find(({ symbol }) => symbol === 'BTC')?.size).toBe(trade.entrySize);
  });

  test('at Ostium', async () => {
    ostium.dieAt.add('entry.before_send');
    const { trade: planned, owner } = await ostium.open(STOP);
    expect(planned).toMatchObject({ phase: 'opening', plan: { size: '909.090909' } });
    const funds = new Contract(
      ostium.ostium.sandbox.contracts.usdc,
      ['function transfer(address to, uint256 amount) returns (bool)'],
      owner.wallet,
    );
    const left = usdc(500);
    await owner.send(funds, 'transfer', `0x${'11'.repeat(20)}`, (await owner.balance()) - left);
    const trade = await openThroughDeaths(ostium, planned.id);
    await expectSmaller(ostium.execution, trade, 500);
    const { positions } = await ostium.execution.venues.get('ostium')!.accounts.account(trade.accountId);
    expect(positions).toHaveLength(1);
  });
});

test('it is refused with the reason of its venue where that takes the smaller one no more than the first', async () => {
  const { tradeId } = await shortOfMargin();
  const error = 'Insufficient margin to place order. asset=0';
  hyperliquid.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'refuse', error, action: 'order', count: 100 },
  });
  const refused = { outcome: 'refused', code: 'insufficient_margin' };
  for (const _turn of [1, 2])
    expect(await openPosition(hyperliquid.execution, { tradeId })).toMatchObject(refused);
  const entries = (await listOrders(hyperliquid.db, tradeId)).filter(({ leg }) => leg === 'entry');
  expect(entries.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('an entry whose end is unknown is never sent again under another id', async () => {
  const { tradeId } = await shortOfMargin();
  const { hyperliquid: sandbox } = hyperliquid.sandboxes;
  sandbox.control({ type: 'fault', fault: { kind: 'loseAnswer', action: 'exchange', count: 100 } });
  await expect(openPosition(hyperliquid.execution, { tradeId })).rejects.toMatchObject({
    code: 'unresolved',
  });
  expect((await listOrders(hyperliquid.db, tradeId)).map(({ revision }) => revision)).not.toContain(1);
  expect((await getTrade(hyperliquid.db, tradeId)).plan?.resizedFrom).toBeUndefined();
});

test('a smaller entry that fills in part has its stop at that part, and no order of the venue is left over', async () => {
  const { tradeId } = await shortOfMargin();
  hyperliquid.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'partialFill', fraction: 0.5, action: 'order' },
  });
  expect(await openPosition(hyperliquid.execution, { tradeId })).toMatchObject({ protected: true });
  const trade = await getTrade(hyperliquid.db, tradeId);
  expect(Number(trade.entrySize)).toBeLessThan(Number(trade.plan?.size) * 0.6);
  const open = await hyperliquid.execution.venues.get('hyperliquid')!.accounts.openOrders(trade.accountId);
  expect(open.map(({ size }) => size)).toEqual([trade.entrySize]);
});
