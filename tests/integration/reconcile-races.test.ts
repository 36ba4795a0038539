import { expect, test } from 'vitest';
import { TASK_QUEUES } from '#workflows/names.ts';
import { accountOf, expectClean, until, type TradingSystem } from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

let system: TradingSystem;
let runs = 0;

useTradingSystem((started) => (system = started));

const barriers = { stopLoss: { pct: 5 } };
const corrections = () => system.db.auditLog.count({ where: { actor: 'reconcile' } });

/** Compares the deployment's books with its venue now, asking for everything. */
const reconcile = (deploymentId: string): Promise<{ corrections: number; failed: number }> =>
  system.temporal.workflow.execute('reconcile', {
    args: [{ full: true, deploymentId }],
    taskQueue: TASK_QUEUES.trading,
    workflowId: `test/reconcile/${(runs += 1)}`,
  });

test('a position whose entry has not been answered yet is not taken over', async () => {
  system.sandbox.setPrice('BTC', 50_000);
  const deployment = await system.deploy();
  // Longer than both looks together: the position is there in each of them, and so is its opening trade.
  system.sandbox.control({ type: 'fault', fault: { kind: 'delay', ms: 4_000, action: 'order' } });
  const trade = await system.signal(deployment, { symbol: 'BTC', barriers });
  await until(
    'the position',
    async () => accountOf(system.sandbox.state(), deployment.walletAddress).openOrders > 0,
  );
  expect((await trade.details())?.phase).toBe('opening');
  expect(await reconcile(deployment.deploymentId)).toMatchObject({ corrections: 0, failed: 0 });
  await trade.reaches('open');
  expect(await system.db.trade.count({ where: { deploymentId: deployment.deploymentId } })).toBe(1);
  expect(await corrections()).toBe(0);
  system.sandbox.setPrice('BTC', 47_000);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});

test('an account that is read as it was before an entry ends no trade', async () => {
  system.sandbox.setPrice('SOL', 150);
  const deployment = await system.deploy();
  const { deploymentId, walletAddress: user } = deployment;
  const fault = { kind: 'stale', ms: 60_000, action: 'account', user, durationMs: 6_000 } as const;
  system.sandbox.control({ type: 'fault', fault });
  const trade = await system.signal(deployment, { symbol: 'SOL', barriers });
  await trade.untilArmed();
  expect(await reconcile(deploymentId)).toMatchObject({ corrections: 0, failed: 0 });
  system.sandbox.control({ type: 'clearFaults' });
  expect(await reconcile(deploymentId)).toMatchObject({ corrections: 0, failed: 0 });
  expect((await trade.details())?.phase).toBe('open');
  system.sandbox.setPrice('SOL', 140);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
});

test('a venue that asks for fewer requests changes nothing, and is asked again', async () => {
  system.sandbox.setPrice('ETH', 3_000);
  const deployment = await system.deploy();
  const { deploymentId, walletAddress } = deployment;
  const trade = await system.signal(deployment, { symbol: 'ETH', barriers });
  await trade.untilArmed();
  system.sandbox.control({ type: 'cancelAll', address: walletAddress });
  const before = await corrections();
  const fault = { kind: 'http', status: 429, action: 'info', durationMs: 60_000 } as const;
  system.sandbox.control({ type: 'fault', fault });
  expect(await reconcile(deploymentId)).toMatchObject({ corrections: 0, failed: 1 });
  expect(await corrections()).toBe(before);
  const check = await system.db.accountCheck.findFirstOrThrow({ where: { accountId: walletAddress } });
  // Asked again, the worker may hold itself back before the venue does.
  expect(check.error).toMatch(/429|budget/u);
  system.sandbox.control({ type: 'clearFaults' });
  await reconcile(deploymentId);
  await until('the stop', async () => accountOf(system.sandbox.state(), walletAddress).openOrders === 1);
  system.sandbox.setPrice('ETH', 2_800);
  expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
  await expectClean(system, deployment);
});
