import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  accountOf,
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { workflowIds } from '#workflows/names.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
  for (const [coin, price] of Object.entries({ BTC: 50_000, ETH: 3_000, SOL: 150 }))
    system.sandbox.setPrice(coin, price);
});
afterAll(() => system?.stop());

const barriers = { stopLoss: { pct: 5 } };

const post = async ({ agentId }: Pick<TestDeployment, 'agentId'>, instrument: string) => {
  const { status, body } = await system.call('POST', '/signals', {
    agentId,
    instrument,
    side: 'long',
    barriers,
  });
  expect(status).toBe(202);
  return body as { signalId: string; started: boolean };
};

/** Returns the line that the Web UI's list shows for the workflow of a trade. */
const summaryOf = async (signalId: string, { deploymentId }: TestDeployment): Promise<string | undefined> =>
  (
    await system.temporal.workflow.getHandle(workflowIds.trade(signalId, deploymentId)).describe()
  ).staticSummary();

const agentNameOf = async ({ agentId }: TestDeployment): Promise<string> =>
  (await system.db.agent.findUniqueOrThrow({ where: { id: agentId } })).name;

const isFannedOut = async (signalId: string): Promise<boolean> =>
  (await system.db.signal.findUniqueOrThrow({ where: { id: signalId } })).fannedOutAt !== null;

/** Another subscriber of the same agent. */
async function alsoDeploy({ agentId }: TestDeployment): Promise<TestDeployment> {
  const { body } = await system.call('POST', `/agents/${agentId}/deployments`, {
    venue: 'hyperliquid',
    maxNotionalUsd: '5000',
    fundUsdc: '10000',
  });
  return { agentId, deploymentId: body.id, walletAddress: body.walletAddress };
}

test('a signal that nobody hears has its trades once a worker is there', async () => {
  const deployment = await system.deploy();
  const { signalId, started } = await post(deployment, 'BTC');
  expect(started).toBe(true);
  expect(await isFannedOut(signalId)).toBe(false);
  await system.startWorker();
  const details = await system.tradeOf(signalId, deployment).reaches('open');
  expect(details.orders.filter(({ leg }) => leg === 'entry')).toHaveLength(1);
  await until('the end of the fan-out', () => isFannedOut(signalId));
  expect(await summaryOf(signalId, deployment)).toBe(`BTC long, ${await agentNameOf(deployment)}`);
});

test('a posted signal has its trades started before the answer, and needs no fan-out', async () => {
  const first = await system.deploy();
  const second = await alsoDeploy(first);
  const { signalId, started } = await post(first, 'BTC');
  expect(started).toBe(true);
  expect(await isFannedOut(signalId)).toBe(true);
  for (const deployment of [first, second]) {
    const { orders } = await system.tradeOf(signalId, deployment).reaches('open');
    expect(orders.filter(({ leg }) => leg === 'entry')).toHaveLength(1);
    expect(accountOf(system.sandbox.state(), deployment.walletAddress).fills).toBe(1);
    expect(await summaryOf(signalId, deployment)).toBe(`BTC long, ${await agentNameOf(first)}`);
  }
  await expect(
    system.temporal.workflow.getHandle(workflowIds.fanOut(signalId)).describe(),
  ).rejects.toBeInstanceOf(WorkflowNotFoundError);
});

test('two workers that hear of a signal enter it once', async () => {
  const other = await system.startWorker({ roles: ['trading'] });
  const deployment = await system.deploy();
  const { signalId } = await post(deployment, 'ETH');
  const trade = system.tradeOf(signalId, deployment);
  expect((await trade.reaches('open')).orders.filter(({ leg }) => leg === 'entry')).toHaveLength(1);
  expect(accountOf(system.sandbox.state(), deployment.walletAddress).fills).toBe(1);
  await other.stop();
  system.sandbox.setPrice('ETH', 2_800);
  await trade.reaches('closed');
  await expectClean(system, deployment);
});

test('a paused deployment is told why it has no trade, while the others trade', async () => {
  const active = await system.deploy();
  const paused = await alsoDeploy(active);
  await system.call('POST', `/deployments/${paused.deploymentId}/pause`);
  const { signalId } = await post(active, 'SOL');
  await system.tradeOf(signalId, active).reaches('open');
  const skip = await until('the skip', () =>
    system.db.skippedSignal.findFirst({ where: { signalId, deploymentId: paused.deploymentId } }),
  );
  expect(skip.code).toBe('deployment_paused');
  await until('the end of the fan-out', () => isFannedOut(signalId));
  expect(await system.db.trade.count({ where: { signalId } })).toBe(1);
});
