import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { adjustBarriersUpdate } from '#workflows/messages.ts';
import { findTemporalBinary, userCacheDir } from '#local/temporal/binary.ts';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
  await system.startWorker();
});
afterAll(() => system?.stop());

const barriers = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 10, fraction: 1 }] };

async function armed(deployment: TestDeployment, symbol: string, price: number): Promise<TestTrade> {
  system.sandbox.setPrice(symbol, price);
  const trade = await system.signal(deployment, { symbol, barriers });
  await trade.untilArmed();
  return trade;
}

/** The line of this type in the story of a trade, once it is there. */
const told = (trade: TestTrade, type: string) =>
  until(type, async () => (await trade.details())?.events.find((event) => event.type === type));

describe('other exits for an open trade', () => {
  test('are taken by the API, rest at the venue and act; who asked stands in the audit log', async () => {
    const deployment = await system.deploy();
    const trade = await armed(deployment, 'ETH', 3_000);
    const { id } = await trade.reaches('open');
    const answer = await system.call('POST', `/trades/${id}/adjust`, {
      barriers: { stopLoss: { price: '2700' }, takeProfits: [{ pct: 20, fraction: 0.5 }] },
      note: 'more room',
    });
    expect(answer).toMatchObject({ status: 200, body: { tradeId: id, stopPrice: '2700' } });
    const details = await trade.reaches('open');
    const resting = details.orders.filter(({ status }) => status === 'resting');
    expect(resting.map(({ leg, triggerPrice }) => [leg, Number(triggerPrice)])).toEqual(
      expect.arrayContaining([
        ['stop', 2_700],
        ['take_profit', expect.closeTo(3_600, -1)],
      ]),
    );
    expect(resting).toHaveLength(2);
    const stop = resting.find(({ leg }) => leg === 'stop');
    expect(Number(stop?.placedTriggerPrice)).toBeCloseTo(2_850, -1);
    expect(stop?.placedSize).toBe(details.entrySize);
    const [audit] = await system.db.auditLog.findMany({ where: { action: 'trade.adjust_barriers' } });
    expect(audit).toMatchObject({ subject: `trade/${id}`, before: barriers, after: { note: 'more room' } });
    const replaced = details.events.find(({ type }) => type === 'adjusted');
    expect(replaced?.text).toMatch(
      /^Exits replaced by owner \(.+\): stop 2700, targets \d+(\.\d+)? x 50 % \(more room\)$/,
    );
    system.sandbox.setPrice('ETH', 2_800);
    expect((await trade.details())?.phase).toBe('open');
    system.sandbox.setPrice('ETH', 2_690);
    expect((await trade.reaches('closed')).exitReason).toBe('stop_loss');
    await expectClean(system, deployment);
  });

  test('secure a profit by API and by an update of the workflow', async () => {
    const deployment = await system.deploy();
    const trade = await armed(deployment, 'ADA', 0.5);
    const { id, entryPrice } = await trade.reaches('open');
    system.sandbox.setPrice('ADA', 0.53);
    const now = { breakEven: { afterTakeProfit: 0 } };
    const handle = system.temporal.workflow.getHandle(trade.workflowId);
    await handle.executeUpdate(adjustBarriersUpdate, { args: [{ barriers: now, by: 'ada' }] });
    const moved = await trade.reaches('open');
    expect(Number(moved.stopPrice)).toBeGreaterThan(Number(entryPrice));
    expect(Number(moved.stopPrice)).toBeLessThan(Number(entryPrice) * 1.002);
    const secured = { barriers: { stopLoss: { price: '0.52' } } };
    const answer = await system.call('POST', `/trades/${id}/adjust`, secured);
    expect(answer).toMatchObject({ status: 200, body: { stopPrice: '0.52' } });
    // A call has no price of now that a stop beyond its entry could be held against, and no break-even at once.
    const call = { agentId: deployment.agentId, instrument: 'ADA', side: 'long' };
    expect((await system.call('POST', '/signals', { ...call, barriers: now })).status).toBe(400);
    system.sandbox.setPrice('ADA', 0.519);
    expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'stop_loss' });
    await expectClean(system, deployment);
  });

  test.each([
    ['a stop the price has passed', { stopLoss: { price: '160' } }],
    ['a target the price has passed', { takeProfits: [{ price: '140', fraction: 1 }] }],
  ])('%s is refused, and the exits stay as they were', async (_what, wanted) => {
    const deployment = await system.deploy();
    const trade = await armed(deployment, 'SOL', 150);
    const before = await trade.reaches('open');
    const answer = await system.call('POST', `/trades/${before.id}/adjust`, { barriers: wanted });
    expect(answer).toMatchObject({ status: 422, body: { code: 'barriers_refused' } });
    expect((await trade.reaches('open')).stopPrice).toBe(before.stopPrice);
    await system.call('POST', `/trades/${before.id}/close`, {});
    await trade.reaches('closed');
  });

  test('that name a target alone leave the stop where it rests', async () => {
    const deployment = await system.deploy();
    const trade = await armed(deployment, 'SOL', 150);
    const before = await trade.reaches('open');
    const wanted = { takeProfits: [{ pct: 20, fraction: 1 }] };
    const answer = await system.call('POST', `/trades/${before.id}/adjust`, { barriers: wanted });
    expect(answer).toMatchObject({ status: 200, body: { stopPrice: before.stopPrice } });
    const details = await trade.reaches('open');
    expect(details.levels?.targets.map(({ price }) => Number(price))).toEqual([expect.closeTo(180, -1)]);
    await system.call('POST', `/trades/${before.id}/close`, {});
    await trade.reaches('closed');
  });

  test('with a stop behind the price of liquidation, by the venue’s word, are refused under their own code', async () => {
    const deployment = await system.deploy({ maxLeverage: 10, fundUsdc: '1000' });
    system.sandbox.setPrice('BNB', 600);
    const sizeModel = { mode: 'fixedNotional' as const, notionalUsd: '4000' };
    const trade = await system.signal(deployment, { symbol: 'BNB', barriers, sizeModel, leverage: 10 });
    await trade.untilArmed();
    const before = await trade.reaches('open');
    const adjust = (price: string) =>
      system.call('POST', `/trades/${before.id}/adjust`, { barriers: { stopLoss: { price } } });
    expect(await adjust('440')).toMatchObject({
      status: 422,
      body: { code: 'stop_beyond_liquidation', detail: expect.stringMatching(/440.*liquidated at 4\d\d/) },
    });
    expect((await trade.reaches('open')).stopPrice).toBe(before.stopPrice);
    expect(await adjust('500')).toMatchObject({ status: 200, body: { stopPrice: '500' } });
    await system.call('POST', `/trades/${before.id}/close`, {});
    await trade.reaches('closed');
  });

  test('of a trade that has ended, or that make no sense, are refused before anything is asked', async () => {
    const deployment = await system.deploy();
    const trade = await armed(deployment, 'AVAX', 40);
    const { id } = await trade.reaches('open');
    const senseless = { barriers: { stopLoss: { pct: -3 } } };
    expect((await system.call('POST', `/trades/${id}/adjust`, senseless)).body.code).toBe(
      'validation_failed',
    );
    await system.call('POST', `/trades/${id}/close`, {});
    await trade.reaches('closed');
    const late = await system.call('POST', `/trades/${id}/adjust`, { barriers });
    expect(late).toMatchObject({ status: 409, body: { code: 'trade_ended' } });
  });
});

describe('all positions at once', () => {
  test('of one deployment are closed, its new trades refused; another deployment keeps its own', async () => {
    const [deployment, other] = [await system.deploy(), await system.deploy()];
    const trades = [
      await armed(deployment, 'LINK', 20),
      await armed(deployment, 'XRP', 2),
      await armed(deployment, 'DOGE', 0.2),
    ];
    const kept = await armed(other, 'LINK', 20);
    const { deploymentId } = deployment;
    const answer = await system.call('POST', '/trades/close-all', {
      deploymentId,
      pause: true,
      note: 'news',
    });
    expect(answer.status).toBe(202);
    expect(answer.body.paused).toEqual([deploymentId]);
    expect(answer.body.trades).toHaveLength(3);
    const ends = await Promise.all(trades.map((trade) => trade.reaches('closed')));
    expect(ends.map(({ exitReason }) => exitReason)).toEqual(Array(3).fill('force_close'));
    await expectClean(system, deployment);
    await system.signal(deployment, { symbol: 'ARB', barriers });
    const skipped = await until('the refusal', () =>
      system.db.skippedSignal.findFirst({ where: { deploymentId } }),
    );
    expect(skipped.code).toBe('deployment_paused');
    expect((await kept.details())?.phase).toBe('open');
  });

  test('of everybody are closed; asked again there is nothing left to close', async () => {
    const answer = await system.call('POST', '/trades/close-all', {});
    expect(answer.body.trades.every(({ requested }: { requested: boolean }) => requested)).toBe(true);
    await until('everything to end', async () => {
      const open = await system.db.trade.count({ where: { phase: { notIn: ['closed', 'skipped'] } } });
      return open === 0;
    });
    expect((await system.call('POST', '/trades/close-all', {})).body.trades).toEqual([]);
  });

  test('of a deployment that is not there are not found', async () => {
    const deploymentId = '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57';
    const answer = await system.call('POST', '/trades/close-all', { deploymentId, pause: true });
    expect(answer).toMatchObject({ status: 404, body: { code: 'deployment_not_found' } });
  });
});

describe('a trade that was paused', () => {
  test('says on resuming for how long, what the price did and what filled; its target filled at the venue', async () => {
    const deployment = await system.deploy();
    system.sandbox.setPrice('NEAR', 5);
    const trade = await system.signal(deployment, {
      symbol: 'NEAR',
      barriers: { stopLoss: { pct: 10 }, takeProfits: [{ pct: 4, fraction: 0.5 }] },
    });
    const { id } = await trade.reaches('open');
    await system.call('POST', `/trades/${id}/pause`, {});
    await told(trade, 'paused');
    system.sandbox.setPrice('NEAR', 5.3);
    await until('the fill', async () => (await trade.details())?.fills.some((fill) => fill.side === 'sell'));
    await system.call('POST', `/trades/${id}/resume`, {});
    const resumed = await told(trade, 'resumed');
    expect(resumed.text).toMatch(/^Resumed by .+ after \d+ s; .*1 fill meanwhile/);
    const stop = (await trade.details())?.orders.find(
      ({ leg, status }) => leg === 'stop' && status === 'resting',
    );
    expect(stop).toBeDefined();
    await system.call('POST', `/trades/${id}/close`, {});
    await trade.reaches('closed');
    await expectClean(system, deployment);
  });

  test('whose time ran out meanwhile says so, and closes', async () => {
    const deployment = await system.deploy();
    system.sandbox.setPrice('BNB', 600);
    const trade = await system.signal(deployment, {
      symbol: 'BNB',
      barriers: { stopLoss: { pct: 10 }, timeLimitMs: 2_000 },
    });
    const { id, openedAt } = await trade.reaches('open');
    await system.call('POST', `/trades/${id}/pause`, {});
    await told(trade, 'paused');
    await until('its time to be over', async () => Date.now() > (openedAt ?? 0) + 2_000);
    await system.call('POST', `/trades/${id}/resume`, {});
    expect((await told(trade, 'resumed')).text).toContain('its time is over');
    expect((await trade.reaches('closed')).exitReason).toBe('time_limit');
    await expectClean(system, deployment);
  });
});

test('comparing books and venue can be asked for, and how it went is told', async () => {
  const deployment = await system.deploy();
  const { body } = await system.call('POST', '/reconcile', { deploymentId: deployment.deploymentId });
  await system.temporal.workflow.getHandle(body.workflowId).result();
  const report = await system.call('GET', '/reconcile');
  const account = report.body.accounts.find(
    ({ accountId }: { accountId: string }) => accountId === deployment.walletAddress,
  );
  expect(account).toMatchObject({ venue: 'hyperliquid', error: null });
  expect(account.fullAt).toBeGreaterThan(0);
});

test('a bare Temporal signal closes a trade as the command line of Temporal sends it', async () => {
  const deployment = await system.deploy();
  const trade = await armed(deployment, 'OP', 2);
  const { temporalAddress, namespace } = system.services;
  const { file } = await findTemporalBinary({
    env: process.env,
    cacheDir: userCacheDir(process.env, homedir()),
    log: () => {},
  });
  const at = ['--address', temporalAddress, '--namespace', namespace, '--workflow-id', trade.workflowId];
  const say = (...args: string[]) => promisify(execFile)(file, ['workflow', ...args, ...at]);
  await say('signal', '--name', 'pause', '--input', '{"by":"night shift"}');
  const wider = { stopLoss: { pct: 7 }, timeLimitMs: 86_400_000 };
  await say(
    'update',
    'execute',
    '--name',
    'adjustBarriers',
    '--input',
    JSON.stringify({ barriers: wider, by: 'me' }),
  );
  await say('signal', '--name', 'forceClose');
  const { id, exitReason } = await trade.reaches('closed');
  expect(exitReason).toBe('force_close');
  const { body: log } = await system.call('GET', `/audit-log?subject=trade/${id}`);
  expect(log.items.map(({ actor, action }: { actor: string; action: string }) => [actor, action])).toEqual([
    ['operator', 'trade.close_started'],
    ['me', 'trade.adjust_barriers'],
    ['night shift', 'trade.paused'],
  ]);
  await expectClean(system, deployment);
});

const naked = async (): Promise<number> => {
  const { text } = await system.call('GET', '/metrics');
  return Number(/^signalman_unprotected_positions\{venue="hyperliquid"\} (\d+)$/m.exec(text)?.[1]);
};

test('an open position without a stop is counted, one that was closed without one is not', async () => {
  const deployment = await system.deploy();
  const trade = await armed(deployment, 'SOL', 150);
  const { id } = await trade.reaches('open');
  const before = await naked();
  const since = new Date(Date.now() - 60_000);
  await system.db.trade.update({ where: { id }, data: { unprotectedSince: since } });
  expect(await naked()).toBe(before + 1);
  await system.call('POST', `/trades/${id}/close`, {});
  await trade.reaches('closed');
  await system.db.trade.update({ where: { id }, data: { unprotectedSince: since } });
  expect(await naked()).toBe(before);
  await system.db.trade.update({ where: { id }, data: { unprotectedSince: null } });
});

test('a monitoring system reads live trades and time without a stop', async () => {
  const deployment = await system.deploy();
  const trade = await armed(deployment, 'AAVE', 300);
  const metrics = await system.call('GET', '/metrics');
  expect(metrics.type).toContain('text/plain; version=0.0.4');
  expect(metrics.text).toMatch(/^signalman_live_trades\{venue="hyperliquid",phase="open"\} [1-9]\d*$/m);
  for (const name of ['positions', 'ms_max', 'ms_sum'])
    expect(metrics.text).toMatch(
      new RegExp(`^signalman_unprotected_${name}\\{venue="hyperliquid"\\} \\d+$`, 'm'),
    );
  const { id } = await trade.reaches('open');
  await system.call('POST', `/trades/${id}/close`, {});
  await trade.reaches('closed');
});
