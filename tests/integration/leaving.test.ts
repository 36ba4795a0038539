import { JsonRpcProvider } from 'ethers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import type { RoleProcess } from '#process/role.ts';
import { commandsOf, type Commands } from '../support/run-command.ts';
import { expectClean, startTradingSystem, until, type TradingSystem } from '../support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;
let worker: RoleProcess;
let commands: Commands;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  system = await startTradingSystem({ ostium });
  commands = commandsOf(system, await system.app.listen({ host: '127.0.0.1', port: 0 }));
  worker = await system.startWorker();
  await until(
    'the instruments',
    async () => (await system.db.instrument.count({ where: { symbol: 'BTC' } })) > 0,
  );
}, 90_000);
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

const barriers = { stopLoss: { pct: 5 } };
const DAY_MS = 86_400_000;

describe('leaving', () => {
  test('closes, credits the month, sends gas back and destroys the keys; the wallet can come back', async () => {
    const deployment = await system.deploy();
    const { deploymentId, walletAddress, agentId } = deployment;
    const trade = await system.signal(deployment, { barriers });
    await trade.untilArmed();
    const trialEndsAt = new Date(Date.now() - 10 * DAY_MS);
    const day = trialEndsAt.toISOString().slice(0, 10);
    await system.db.agentDeployment.update({ where: { id: deploymentId }, data: { trialEndsAt } });
    await system.db.billingEvent.create({
      data: {
        kind: 'subscription',
        subject: `deployment/${deploymentId}/${day}`,
        deploymentId,
        amountUsd: 20,
      },
    });
    const keys = await system.db.tradingKey.findMany({ where: { deploymentId } });
    const ostiumKey = keys.find(({ venue }) => venue === 'ostium')!;
    const run = await commands.run(['deployments', 'leave', deploymentId.slice(-8), '--yes', '--json']);
    expect(run).toMatchObject({
      status: 0,
      err: expect.stringContaining('1 trades are closed at the market'),
    });
    const left = JSON.parse(run.out);
    expect(left).toMatchObject({ tradesLeft: 0 });
    expect(Number(left.creditUsd)).toBeGreaterThan(-14.2);
    expect(Number(left.creditUsd)).toBeLessThan(-12.5);
    expect((await trade.reaches('closed')).exitReason).toBe('force_close');
    await expectClean(system, deployment);
    const after = await system.db.tradingKey.findMany({ where: { deploymentId } });
    expect(after.map(({ sealed, status, active }) => [sealed.length, status, active])).toEqual(
      after.map(() => [0, 'revoked', false]),
    );
    const provider = new JsonRpcProvider(ostium.rpcUrl);
    const gas = await provider.getBalance(ostiumKey.address);
    provider.destroy();
    expect(Number(gas)).toBeLessThan(1e16);
    // Again: nothing is credited twice.
    const again = await system.call('POST', `/deployments/${deploymentId}/leave`, {});
    expect(again).toMatchObject({ status: 200, body: { creditUsd: null, destroyedKeys: [] } });
    expect(await system.db.billingEvent.count({ where: { deploymentId, kind: 'subscription' } })).toBe(2);
    const back = await system.call('POST', `/agents/${agentId}/deployments`, { walletAddress });
    expect(back).toMatchObject({ status: 201, body: { trialEndsAt: trialEndsAt.getTime() } });
    const twice = await system.call('POST', `/agents/${agentId}/deployments`, { walletAddress });
    expect(twice.body.code).toBe('deployment_exists');
  });

  test('keeps the keys while a position is open, and goes on when asked again', async () => {
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { barriers });
    await trade.untilArmed();
    await worker.stop();
    const path = `/deployments/${deployment.deploymentId}/leave`;
    const first = await system.call('POST', path, { waitMs: 300 });
    expect(first).toMatchObject({ status: 202, body: { tradesLeft: 1, destroyedKeys: [] } });
    worker = await system.startWorker();
    await trade.reaches('closed');
    expect(await system.call('POST', path, {})).toMatchObject({ status: 200, body: { tradesLeft: 0 } });
    const where = { deploymentId: deployment.deploymentId, status: { not: 'revoked' as const } };
    expect(await system.db.tradingKey.count({ where })).toBe(0);
  });
});

describe('an agent', () => {
  test('is edited on the version that was read, by its next trades', async () => {
    const deployment = await system.deploy();
    const path = `/agents/${deployment.agentId}`;
    const { body: before } = await system.call('GET', path);
    const edit = (version: string, body: object) =>
      system.app.inject({
        method: 'PATCH',
        url: `/v1${path}`,
        headers: { authorization: `Bearer ${system.key}`, 'if-match': version },
        body,
      });
    const sizeModel = { mode: 'fixedNotional', notionalUsd: '2000' };
    const edited = await edit(`"${before.version}"`, { sizeModel });
    expect(edited.statusCode).toBe(200);
    expect(edited.headers['etag']).toBe(`"${before.version + 1}"`);
    expect((await edit(`"${before.version}"`, { minConfidence: 0.1 })).json().code).toBe('version_changed');
    expect((await edit('7; DROP', {})).statusCode).toBe(400);
    const trade = await system.signal(deployment, { barriers });
    const { entrySize, entryPrice } = await trade.reaches('open');
    expect(Number(entrySize) * Number(entryPrice)).toBeGreaterThan(1_900);
    const { body: audit } = await system.call('GET', `/audit-log?subject=agent/${deployment.agentId}`);
    expect(audit.items[0]).toMatchObject({ action: 'agent.edit', after: { sizeModel } });
    expect((await system.call('POST', `${path}/archive`)).body.code).toBe('agent_in_use');
    expect((await system.call('POST', `${path}/pause`)).body.status).toBe('paused');
    const refused = await system.call('POST', '/signals', {
      agentId: deployment.agentId,
      instrument: 'ETH',
      side: 'long',
    });
    expect(refused.body.code).toBe('agent_not_active');
    expect((await system.call('POST', `${path}/resume`)).body.status).toBe('active');
  });

  test('is archived once no deployment follows it, for good', async () => {
    const { agentId, deploymentId } = await system.deploy();
    await system.call('POST', `/deployments/${deploymentId}/leave`, {});
    expect((await system.call('POST', `/agents/${agentId}/archive`)).body.status).toBe('archived');
    expect((await system.call('POST', `/agents/${agentId}/resume`)).body.code).toBe('agent_state');
  });
});
