import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Deployment } from '#api/schemas/deployment.ts';
import { amount } from '#domain/money.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import {
  startTradingSystem,
  until,
  type TestDeployment,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { expectOstiumClean } from '#tests/support/ostium-books.ts';
import { ostiumOptions } from '#tests/support/ostium.ts';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { approveDelegate } from '#venues/ostium/accounts/provisioning.ts';
import type { TradingSigner } from '#venues/venue.ts';
import { forceCloseSignal } from '#workflows/messages.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  ostium.control.setPrice('XAU-USD', '2400', '0.4');
  ostium.control.setPrice('USD-JPY', '150', '0.01');
  system = await startTradingSystem({ ostium });
  await system.startWorker();
  await until('the instruments of both venues', async () => {
    const listed = await system.db.instrument.count({
      where: { symbol: { in: ['BTC', 'EUR-USD', 'XAU', 'USD-JPY'] } },
    });
    return listed >= 5;
  });
}, 90_000);
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

const deploy = (): Promise<TestDeployment> => system.deploy();

/** The owner makes the key that is pending his delegate; answers the keys of the deployment afterwards. */
async function approveKeys(owner: TradingSigner, deploymentId: string): Promise<Deployment['tradingKeys']> {
  const { body } = await system.call('GET', `/deployments/${deploymentId}`);
  const { address } = (body as Deployment).tradingKeys.find(({ status }) => status === 'pending')!;
  await ostium.control.fund(address, '0', '10');
  await approveDelegate(ostiumOptions(ostium), { owner, delegate: address, allowanceUsdc: '1000000' });
  return (await system.call('POST', `/deployments/${deploymentId}/approval`)).body.tradingKeys;
}

describe('a trade of what only Ostium lists', () => {
  test('is routed there, opened with its stop, closed by it and billed', async () => {
    const deployment = await deploy();
    const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: { stopLoss: { pct: 1 } } });
    const open = await trade.reaches('open');
    expect(open).toMatchObject({ venue: 'ostium', unprotectedMs: 0 });
    expect(Number(open.stopPrice)).toBeCloseTo(1.089, 3);
    ostium.control.setPrice('EUR-USD', '1.08', '0.0001');
    const closed = await trade.reaches('closed');
    expect(closed).toMatchObject({ exitReason: 'stop_loss' });
    expect(closed.bills.map(({ kind }) => kind)).toEqual(['trade_fee']);
    await expectOstiumClean(system, ostium, deployment);
  });

  test('takes its profit at the venue, short and with leverage', async () => {
    const deployment = await deploy();
    const trade = await system.signal(deployment, {
      symbol: 'XAU',
      side: 'short',
      barriers: { stopLoss: { pct: 2 }, takeProfits: [{ pct: 1, fraction: 1 }] },
    });
    await trade.reaches('open');
    ostium.control.setPrice('XAU-USD', '2370', '0.4');
    const closed = await trade.reaches('closed');
    expect(closed).toMatchObject({ exitReason: 'take_profit' });
    expect(amount(closed.netPnlUsd ?? '0').toNumber()).toBeGreaterThan(0);
    await expectOstiumClean(system, ostium, deployment);
  });

  test('follows its trail with the stop on chain', async () => {
    const deployment = await deploy();
    const trade = await system.signal(deployment, {
      symbol: 'USD-JPY',
      barriers: { stopLoss: { pct: 2 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] },
    });
    await trade.reaches('open');
    await trade.untilArmed();
    ostium.control.setPrice('USD-JPY', '153', '0.01');
    await until('the stop to move', async () => Number((await trade.details())?.stopPrice) > 151);
    ostium.control.setPrice('USD-JPY', '151.2', '0.01');
    const closed = await trade.reaches('closed');
    expect(closed.exitReason).toBe('trailing_stop');
    await expectOstiumClean(system, ostium, deployment);
  });

  test('climbs a ladder: the watcher closes the first part, break-even follows, the last target rests on chain', async () => {
    ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
    const deployment = await deploy();
    const trade = await system.signal(deployment, {
      symbol: 'EUR-USD',
      barriers: {
        stopLoss: { pct: 2 },
        takeProfits: [
          { pct: 0.5, fraction: 0.5 },
          { pct: 1, fraction: 0.5 },
        ],
        breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
      },
    });
    await trade.reaches('open');
    await trade.untilArmed();
    ostium.control.setPrice('EUR-USD', '1.107', '0.0001');
    const half = await until('the first part to be closed, and the stop to follow', async () => {
      const details = await trade.details();
      return Number(details?.stopPrice) > 1.1 ? details : null;
    });
    expect(half.phase).toBe('open');
    expect(Number(half.remainingSize) / Number(half.entrySize)).toBeCloseTo(0.5, 3);
    ostium.control.setPrice('EUR-USD', '1.12', '0.0001');
    expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'take_profit' });
    await expectOstiumClean(system, ostium, deployment);
  });

  test("closes at a person's word", async () => {
    ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
    const deployment = await deploy();
    const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: { stopLoss: { pct: 1 } } });
    await trade.reaches('open');
    const handle = system.temporal.workflow.getHandle(trade.workflowId);
    await handle.signal(forceCloseSignal, { by: 'a person' });
    expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'force_close' });
    await expectOstiumClean(system, ostium, deployment);
  });

  test('goes on with another delegate when its trading key is replaced', async () => {
    ostium.control.setPrice('USD-JPY', '150', '0.01');
    const owner = createTradingSigner(createTradingKey().privateKey);
    await ostium.control.fund(owner.address, '10000', '10');
    const { agentId } = await deploy();
    const body = { walletAddress: owner.address, venue: 'ostium' };
    const { id: deploymentId } = (await system.call('POST', `/agents/${agentId}/deployments`, body)).body;
    const [first] = await approveKeys(owner, deploymentId);
    const deployment = { agentId, deploymentId, walletAddress: owner.address };
    const trade = await system.signal(deployment, { symbol: 'USD-JPY', barriers: { stopLoss: { pct: 2 } } });
    await trade.reaches('open');
    await system.call('POST', `/deployments/${deploymentId}/trading-keys/rotate`, { venue: 'ostium' });
    const [second, revoked] = await approveKeys(owner, deploymentId);
    expect(second).toMatchObject({ active: true, status: 'approved' });
    expect(revoked).toMatchObject({ address: first?.address, status: 'revoked' });
    await system.call('POST', `/trades/${(await trade.details())?.id}/close`, {});
    expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'force_close' });
    const exit = await system.db.order.findFirstOrThrow({
      where: { leg: 'exit', trade: { deploymentId }, status: 'filled' },
    });
    expect(exit.signer).toBe(second?.address);
    await expectOstiumClean(system, ostium, deployment);
  });

  test('is passed over while its market is closed, with the reason', async () => {
    ostium.control.setMarketOpen('XAU-USD', false);
    const deployment = await deploy();
    const trade = await system.signal(deployment, { symbol: 'XAU', barriers: { stopLoss: { pct: 1 } } });
    const skipped = await trade.reaches('skipped');
    expect(skipped.refusal?.code).toBe('market_closed');
    ostium.control.setMarketOpen('XAU-USD', null);
  });
});
