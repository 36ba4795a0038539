import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import { byHand } from '#tests/support/by-hand.ts';
import {
  hasEvent,
  accountOf,
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;
let worker: RoleProcess;
let runs = 0;

beforeAll(async () => {
  system = await startTradingSystem();
  worker = await system.startWorker();
});
afterAll(() => system?.stop());

const barriers = { stopLoss: { pct: 5 } };

/** Compares books and venue now, asking for everything. */
const reconcile = (): Promise<{ accounts: number; corrections: number; failed: number }> =>
  system.temporal.workflow.execute('reconcile', {
    args: [{ full: true }],
    taskQueue: TASK_QUEUES.trading,
    workflowId: `test/reconcile/${(runs += 1)}`,
  });

async function opened(
  symbol: string,
  price: number,
): Promise<{ deployment: TestDeployment; trade: TestTrade }> {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol, barriers });
  await trade.untilArmed();
  return { deployment, trade };
}

const openOrdersOf = (wallet: string): number => accountOf(system.sandbox.state(), wallet).openOrders;

const audited = (subject: string) =>
  system.db.auditLog.findMany({ where: { actor: 'reconcile', subject }, orderBy: { id: 'asc' } });

test('a position that no trade explains is held with the default stop, to its end', async () => {
  system.sandbox.setPrice('BTC', 50_000);
  const deployment = await system.deploy();
  const { walletAddress, deploymentId } = deployment;
  await (await byHand(system, deployment)).buy('BTC', '0.01', 50_500);
  await reconcile();
  const { id, signalId } = await until('the adopted trade', () =>
    system.db.trade.findFirst({ where: { deploymentId } }),
  );
  const trade = system.tradeOf(signalId, deployment);
  await until('its stop', async () => (await trade.details())?.stopPrice);
  expect((await trade.details())?.signal.origin).toBe('adoption');
  expect(Number((await trade.details())?.stopPrice)).toBeCloseTo(47_500, -2);
  expect(openOrdersOf(walletAddress)).toBe(1);
  const [entry] = await audited(`account/hyperliquid/${walletAddress}`);
  expect(entry).toMatchObject({ action: 'position.adopt', before: { trade: null }, after: { trade: id } });

  system.sandbox.setPrice('BTC', 47_000);
  await until('the end', hasEvent(trade, 'billed'));
  const closed = await trade.details();
  expect(closed).toMatchObject({ phase: 'closed', exitReason: 'stop_loss', bills: [] });
  const account = accountOf(system.sandbox.state(), walletAddress);
  expect(Number(account.accountValue) - Number(account.deposited)).toBeCloseTo(Number(closed?.netPnlUsd), 6);
  expect(account.openOrders).toBe(0);
});

test('a position closed at the venue while nobody looked ends its trade, and its stop goes with it', async () => {
  const { deployment, trade } = await opened('ETH', 3_000);
  await worker.stop();
  const { remainingSize } = await trade.reaches('open');
  await (await byHand(system, deployment)).sell('ETH', remainingSize ?? '', 2_970);
  worker = await system.startWorker();
  expect((await trade.reaches('closed')).exitReason).toBe('closed_at_venue');
  await expectClean(system, deployment);
});

test('what the owner opened after he had closed ours, while nobody looked, is not sold', async () => {
  const { deployment, trade } = await opened('OP', 2);
  const { id: tradeId, remainingSize } = await trade.reaches('open');
  await worker.stop();
  const hand = await byHand(system, deployment);
  await hand.sell('OP', remainingSize ?? '', 1.98);
  await hand.buy('OP', '100', 2.02);
  // Its time is over by the time that a worker runs: the first thing it does is to close.
  await system.db.watch.update({ where: { tradeId }, data: { timeLimitAt: new Date(Date.now() - 1_000) } });
  worker = await system.startWorker();
  expect((await trade.reaches('closed')).exitReason).toBe('closed_at_venue');
  expect(await system.db.fill.count({ where: { tradeId, order: { leg: 'exit' } } })).toBe(0);
  const his = { accountId: deployment.walletAddress, isAdopted: true, remainingSize: '100' };
  await until('his position to be held', () => system.db.trade.findFirst({ where: his }));
});

test('a liquidation while nobody looked is named as what it was', async () => {
  system.sandbox.setPrice('SOL', 150);
  const deployment = await system.deploy({ maxLeverage: 10, fundUsdc: '150' });
  const trade = await system.signal(deployment, { symbol: 'SOL', barriers, leverage: 10 });
  await trade.untilArmed();
  await worker.stop();
  system.sandbox.control({ type: 'cancelAll', address: deployment.walletAddress });
  system.sandbox.setPrice('SOL', 120);
  worker = await system.startWorker();
  expect((await trade.reaches('closed')).exitReason).toBe('liquidation');
});

test('a stop that was cancelled at the venue is placed again where it was', async () => {
  const { deployment, trade } = await opened('AVAX', 40);
  const before = (await trade.reaches('open')).stopPrice;
  system.sandbox.control({ type: 'cancelAll', address: deployment.walletAddress });
  expect(openOrdersOf(deployment.walletAddress)).toBe(0);
  await reconcile();
  await until('the stop', async () => openOrdersOf(deployment.walletAddress) === 1);
  const details = await trade.reaches('open');
  expect(details.stopPrice).toBe(before);
  expect((await audited(`trade/${details.id}`)).map(({ action }) => action)).toEqual(['trade.stop_gone']);
  system.sandbox.setPrice('AVAX', 37);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('a target that was cancelled at the venue is placed again; a stop that was moved there is booked and told', async () => {
  system.sandbox.setPrice('NEAR', 5);
  const deployment = await system.deploy();
  const takeProfits = [{ pct: 10, fraction: 0.5 }];
  const trade = await system.signal(deployment, { symbol: 'NEAR', barriers: { ...barriers, takeProfits } });
  await trade.untilArmed();
  const { walletAddress } = deployment;
  system.sandbox.control({ type: 'cancelAll', address: walletAddress });
  await reconcile();
  await until('stop and target', async () => openOrdersOf(walletAddress) === 2);
  const { id, orders } = await until('both in the books', async () => {
    const details = await trade.details();
    return details?.orders.filter(({ status }) => status === 'resting').length === 2 && details;
  });
  const stop = orders.find(({ leg, status }) => leg === 'stop' && status === 'resting');
  await (
    await byHand(system, deployment)
  ).moveStop('NEAR', stop?.clientOrderId as `0x${string}`, {
    size: stop?.size ?? '',
    triggerPrice: '4.9',
  });
  // A reading soon after the venue's answer could be older than that.
  await system.db.order.updateMany({ where: { tradeId: id }, data: { answeredAt: new Date(0) } });
  await reconcile();
  await until('the line', hasEvent(trade, 'moved_at_venue'));
  expect((await trade.details())?.stopPrice).toBe('4.9');
  const actions = (await audited(`trade/${id}`)).map(({ action }) => action);
  expect(actions).toEqual(expect.arrayContaining(['trade.stop_gone', 'trade.target_gone']));
  system.sandbox.setPrice('NEAR', 4.88);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('what the owner adds by hand is left to him, and what he sells beyond that is ours', async () => {
  const { deployment, trade } = await opened('LINK', 20);
  const hand = await byHand(system, deployment);
  const stopSize = async () => {
    const stops = await system.db.order.findMany({
      where: { leg: 'stop', status: 'resting', trade: { signalId: trade.signalId } },
    });
    return stops.map(({ size }) => Number(size));
  };
  const { id, remainingSize } = await trade.reaches('open');
  const first = Number(remainingSize);
  await hand.buy('LINK', '10', 20.2);
  await until('his purchase', () => system.db.fill.findFirst({ where: { tradeId: id, orderId: null } }));
  expect(await reconcile()).toMatchObject({ corrections: 0, failed: 0 });
  expect(await stopSize()).toEqual([first]);
  await hand.sell('LINK', '30', 19.8);
  await until('the smaller stop', async () => (await stopSize())[0] === first - 20);
  expect(Number((await trade.reaches('open')).remainingSize)).toBe(first - 20);
  system.sandbox.setPrice('LINK', 18);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('an order of ours that outlived its trade is cancelled; one of the owner is left alone', async () => {
  const { deployment, trade } = await opened('XRP', 2);
  const { id } = await trade.reaches('open');
  await system.call('POST', `/trades/${id}/close`, {});
  await trade.reaches('closed');
  const stop = await system.db.order.findFirstOrThrow({ where: { tradeId: id, leg: 'stop' } });
  const hand = await byHand(system, deployment);
  await hand.restBuy('XRP', '20', 1.5, stop.clientOrderId as `0x${string}`);
  await hand.restBuy('XRP', '20', 1.4, `0x${'ab'.repeat(16)}`);
  await reconcile();
  expect(openOrdersOf(deployment.walletAddress)).toBe(1);
  expect((await audited(`order/${stop.id}`))[0]).toMatchObject({ action: 'order.cancel_orphan' });
});

test('fills that nobody told of are found in the history, once', async () => {
  const { deployment, trade } = await opened('DOGE', 0.2);
  const { id } = await trade.reaches('open');
  await until('its fills', () => system.db.fill.findFirst({ where: { tradeId: id } }));
  const { count } = await system.db.fill.deleteMany({ where: { tradeId: id } });
  await reconcile();
  expect(await system.db.fill.count({ where: { tradeId: id } })).toBe(count);
  system.sandbox.setPrice('DOGE', 0.18);
  await trade.reaches('closed');
  await expectClean(system, deployment);
});

test('a trade whose workflow was terminated is looked after again', async () => {
  const { deployment, trade } = await opened('ARB', 1);
  await system.temporal.workflow.getHandle(trade.workflowId).terminate('a slip of the hand');
  await reconcile();
  system.sandbox.setPrice('ARB', 0.9);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('books that agree are left as they are', async () => {
  await opened('SUI', 4);
  await reconcile();
  const before = await system.db.auditLog.count();
  expect(await reconcile()).toMatchObject({ corrections: 0, failed: 0 });
  expect(await system.db.auditLog.count()).toBe(before);
});
