import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startTradingSystem,
  type TestDeployment,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;
let healthy: TestDeployment;

beforeAll(async () => {
  system = await startTradingSystem();
  await system.startWorker();
  for (const [symbol, price] of Object.entries({ BTC: 50_000, ETH: 3_000, SOL: 150 }))
    system.sandbox.setPrice(symbol, price);
  healthy = await system.deploy();
});
afterAll(() => system?.stop());

const barriers = { stopLoss: { pct: 4 } };

/** The reason must be in the trade, in its story and among the skipped signals; the account must be untouched. */
async function expectRefusal(
  deployment: TestDeployment,
  signal: Parameters<TradingSystem['signal']>[1],
  code: string,
): Promise<void> {
  const trade = await system.signal(deployment, signal);
  const details = await trade.reaches('skipped');
  expect(details.refusal).toMatchObject({ code, text: expect.stringMatching(/\w+ \w+/) });
  expect(details.events.map(({ type }) => type)).toContain('skipped');
  expect(details.orders.filter(({ status }) => status !== 'rejected')).toEqual([]);
  const skip = await system.db.skippedSignal.findFirst({ where: { signalId: trade.signalId } });
  expect(skip).toMatchObject({ code, deploymentId: deployment.deploymentId });
  const account = system.sandbox.state().accounts.find(({ address }) => address === deployment.walletAddress);
  expect(account?.fills ?? 0).toBe(0);
}

test('an instrument that no venue lists', async () => {
  await expectRefusal(await system.deploy(), { symbol: 'NOSUCH', barriers }, 'unknown_instrument');
});

test('a stop on the wrong side of the price', async () => {
  await expectRefusal(
    await system.deploy(),
    { barriers: { stopLoss: { price: '55000' } } },
    'wrong_side_stop',
  );
});

test('a size below what the venue accepts', async () => {
  const sizeModel = { mode: 'fixedNotional', notionalUsd: '5' } as const;
  await expectRefusal(await system.deploy(), { barriers, sizeModel }, 'too_small');
});

test('a wallet that never approved its trading key', async () => {
  const deployment = await system.deploy();
  await system.db.tradingKey.updateMany({
    where: { deploymentId: deployment.deploymentId },
    data: { status: 'pending', approvedAt: null },
  });
  await expectRefusal(deployment, { barriers }, 'wallet_not_approved');
});

test('a key that the books think approved and the venue lets trade for somebody else only', async () => {
  const deployment = await system.deploy();
  const walletAddress = '0x00000000000000000000000000000000000000aa';
  system.sandbox.fund(walletAddress, '10000');
  await system.db.agentDeployment.update({ where: { id: deployment.deploymentId }, data: { walletAddress } });
  await expectRefusal({ ...deployment, walletAddress }, { barriers }, 'wallet_not_approved');
  const owner = system.sandbox.state().accounts.find(({ address }) => address === deployment.walletAddress);
  expect(owner?.fills).toBe(0);
});

test('a sealed key that is damaged', async () => {
  const deployment = await system.deploy();
  await system.db.tradingKey.updateMany({
    where: { deploymentId: deployment.deploymentId },
    data: { sealed: Uint8Array.from(Buffer.alloc(60, 7)) },
  });
  await expectRefusal(deployment, { barriers }, 'key_unreadable');
});

test('a master key that is not the one keys were sealed with', async () => {
  const deployment = await system.deploy();
  await system.db.tradingKey.updateMany({
    where: { deploymentId: deployment.deploymentId },
    data: { masterKeyId: 'another' },
  });
  await expectRefusal(deployment, { barriers }, 'key_unreadable');
});

test('a signal that has gone stale, and one whose price ran away', async () => {
  const deployment = await system.deploy();
  await expectRefusal(deployment, { barriers, referencePrice: '20000', symbol: 'BTC' }, 'drifted');
});

test('and beside all that, a good signal is traded as if nothing were', async () => {
  const trade = await system.signal(healthy, { symbol: 'SOL', barriers });
  expect((await trade.reaches('open')).stopPrice).not.toBeNull();
});
