import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import {
  hasEvent,
  startTradingSystem,
  until,
  type TestDeployment,
  type TradingSystem,
} from '../support/trading-system.ts';

let system: TradingSystem;
let worker: RoleProcess;
beforeAll(async () => {
  system = await startTradingSystem();
  worker = await system.startWorker();
  await vi.waitUntil(async () => (await system.db.instrument.count()) > 0, 30_000);
});
afterAll(() => system?.stop());
beforeEach(async () => {
  for (const [symbol, price] of Object.entries({ BTC: 50_000, ETH: 3_000, SOL: 150 }))
    system.sandbox.setPrice(symbol, price);
  const { body } = await system.call('GET', '/brakes?inForce=true');
  for (const { id } of body.items) await system.call('POST', `/brakes/${id}/release`);
});

const barriers = { stopLoss: { pct: 5 } };

async function brake(target: object = {}, reason = 'news at 14:30') {
  const answer = await system.call('POST', '/brakes', { ...target, reason });
  expect(answer.status).toBe(201);
  return answer.body;
}
const release = (id: string) => system.call('POST', `/brakes/${id}/release`);
const set = (deployment: TestDeployment, entryLimits: object) =>
  system.call('PATCH', `/deployments/${deployment.deploymentId}`, { entryLimits });

async function previewedCode({ agentId }: TestDeployment, instrument = 'BTC'): Promise<string | undefined> {
  const { body } = await system.call('POST', '/signals/preview', {
    agentId,
    instrument,
    side: 'long',
    barriers,
  });
  return body.deployments[0].refusal?.code;
}

/** Posts a signal and returns the code with which its trade is refused, or the phase that it comes to. */
async function enter(deployment: TestDeployment, symbol = 'BTC'): Promise<string | undefined> {
  const trade = await system.signal(deployment, { symbol, barriers });
  const { phase, refusal } = await trade.reaches('open', 'skipped');
  return refusal?.code ?? phase;
}

/** Times at which entries reached the venue, epoch ms. */
const entriesSince = (sinceMs: number): number[] =>
  system.sandbox
    .orderLog({ action: 'order', sinceMs })
    .filter(({ request }) => JSON.stringify(request).includes('"r":false'))
    .map(({ receivedAt }) => receivedAt);

test.each<[string, (deployment: TestDeployment) => object, string]>([
  ['everywhere', () => ({}), 'entries_braked'],
  ['at the venue', () => ({ venue: 'hyperliquid' }), 'venue_braked'],
  ['of the agent', ({ agentId }) => ({ agentId }), 'entries_braked'],
  ['of the deployment', ({ deploymentId }) => ({ deploymentId }), 'entries_braked'],
])('a brake %s refuses entries with its reason until it is released', async (_where, targetOf, code) => {
  const deployment = await system.deploy();
  const { id } = await brake(targetOf(deployment));
  expect(await previewedCode(deployment)).toBe(code);
  expect(await enter(deployment)).toBe(code);
  const { body } = await system.call('GET', '/skipped-signals?limit=1');
  expect(body.items[0]).toMatchObject({ code, text: expect.stringContaining('news at 14:30') });
  expect(await release(id)).toMatchObject({ status: 200, body: { releasedBy: expect.any(String) } });
  expect((await release(id)).body.code).toBe('brake_ended');
  expect(await enter(deployment)).toBe('open');
  const { body: audit } = await system.call('GET', `/audit-log?subject=brake/${id}`);
  expect(audit.items.map(({ action }: { action: string }) => action)).toEqual(['brake.release', 'brake.set']);
});

test('brakes of others, and one whose time is over, hold nothing back', async () => {
  const [deployment, other] = [await system.deploy(), await system.deploy()];
  await brake({ deploymentId: other.deploymentId });
  await brake({ agentId: other.agentId });
  await brake({ venue: 'ostium' });
  const { id } = await brake({ deploymentId: deployment.deploymentId, forMs: 1_000 });
  await vi.waitUntil(async () => {
    const { body } = await system.call('GET', '/brakes?inForce=true');
    return !body.items.some((each: { id: string }) => each.id === id);
  }, 10_000);
  expect(await enter(deployment)).toBe('open');
});

test('under a brake a position is steered and closed, and its stop closes it', async () => {
  const deployment = await system.deploy();
  const [steered, stopped] = [
    await system.signal(deployment, { symbol: 'BTC', barriers }),
    await system.signal(deployment, { symbol: 'ETH', barriers }),
  ];
  await Promise.all([steered.untilArmed(), stopped.untilArmed()]);
  await brake();
  const { id } = await steered.reaches('open');
  await system.call('POST', `/trades/${id}/adjust`, { barriers: { stopLoss: { price: '49000' } } });
  await until('the stop to move', async () => Number((await steered.details())?.stopPrice) === 49_000);
  await system.call('POST', `/trades/${id}/close`, {});
  system.sandbox.setPrice('ETH', 2_800);
  expect((await steered.reaches('closed')).exitReason).toBe('force_close');
  expect((await stopped.reaches('closed')).exitReason).toBe('stop_loss');
});

test('no entry reaches the venue later than a second after a brake in a burst of signals', async () => {
  const deployments = await Promise.all(Array.from({ length: 20 }, () => system.deploy()));
  const before = Date.now();
  const posted = deployments.map((deployment) => system.signal(deployment, { barriers }));
  await posted[4];
  await brake();
  const answeredAt = Date.now();
  const trades = await Promise.all(posted);
  const ended = await Promise.all(trades.map((trade) => trade.reaches('open', 'skipped')));
  const open = ended.filter(({ phase }) => phase === 'open');
  const refused = ended.filter(({ refusal }) => refusal?.code === 'entries_braked');
  expect(open.length + refused.length).toBe(20);
  const entries = entriesSince(before);
  expect(entries).toHaveLength(open.length);
  expect(entries.filter((at) => at > answeredAt + 1_000)).toEqual([]);
});

test('an entry that is planned and not sent when its worker dies is not sent under a brake', async () => {
  const deployment = await system.deploy();
  const before = Date.now();
  system.crashAt('entry.before_send');
  const trade = await system.signal(deployment, { barriers });
  await worker.exited;
  await brake();
  worker = await system.startWorker();
  const { refusal, orders } = await trade.reaches('skipped', 'open');
  expect(refusal).toMatchObject({ code: 'entries_braked', text: expect.stringContaining('news at 14:30') });
  expect(orders.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(entriesSince(before)).toEqual([]);
});

test('an entry that was sent when its worker died is opened and protected under a brake', async () => {
  const deployment = await system.deploy();
  const before = Date.now();
  system.crashAt('entry.after_send');
  const trade = await system.signal(deployment, { barriers });
  await worker.exited;
  await brake();
  worker = await system.startWorker();
  expect((await trade.reaches('open')).stopPrice).not.toBeNull();
  expect(entriesSince(before)).toHaveLength(1);
});

test('a loss of the day stops the entries of its deployment until midnight, and tells so', async () => {
  const [deployment, other] = [await system.deploy(), await system.deploy()];
  await set(deployment, { maxDailyLossUsd: '40' });
  const trade = await system.signal(deployment, { barriers });
  await trade.untilArmed();
  system.sandbox.setPrice('BTC', 47_000);
  const closed = await trade.reaches('closed');
  await until('the story to tell of it', hasEvent(trade, 'entries_braked'));
  expect(await previewedCode(deployment, 'ETH')).toBe('daily_loss_reached');
  expect(await enter(deployment, 'ETH')).toBe('daily_loss_reached');
  expect(await enter(other, 'ETH')).toBe('open');
  const { body } = await system.call('GET', '/brakes?inForce=true');
  const [held] = body.items;
  expect(held).toMatchObject({ deploymentId: deployment.deploymentId, setBy: 'limits' });
  expect(held.until % 86_400_000).toBe(0);
  expect(held.until).toBeGreaterThan(closed.closedAt ?? Infinity);
  await release(held.id);
  expect(await enter(deployment, 'SOL')).toBe('open');
});

test.each<[string, object, string]>([
  ['a drawdown', { maxDrawdownUsd: '40' }, 'drawdown_reached'],
  ['a streak of losses', { lossStreak: { losses: 1, pauseMs: 3_600_000 } }, 'loss_streak'],
  [
    'stops that were hit',
    { stopGuard: { stops: 1, withinMs: 3_600_000, pauseMs: 3_600_000 } },
    'stop_losses_reached',
  ],
])('%s before its limit is set stops entries as soon as it is', async (_what, limits, code) => {
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { barriers });
  await trade.untilArmed();
  system.sandbox.setPrice('BTC', 47_000);
  await trade.reaches('closed');
  const { body } = await set(deployment, limits);
  expect(body).toMatchObject({ before: { entryLimits: {} }, after: { entryLimits: limits } });
  expect(await enter(deployment, 'ETH')).toBe(code);
});

test('a limit of all deployments together holds for each, and is taken away again', async () => {
  const deployments = [await system.deploy(), await system.deploy()];
  const held = (await system.db.trade.findMany({ where: { phase: { in: ['opening', 'open', 'closing'] } } }))
    .length;
  const { body } = await system.call('PATCH', '/entry-limits', {
    maxGrossUsd: String((held + 1) * 1_000 + 500),
  });
  expect(Object.keys(body.after)).toEqual(['maxGrossUsd']);
  await Promise.all(deployments.map((deployment) => enter(deployment)));
  const third = await system.deploy();
  const previewed = await previewedCode(third, 'SOL');
  await system.call('PATCH', '/entry-limits', { maxGrossUsd: null });
  expect(previewed).toBe('exposure_reached');
  expect(await enter(third, 'SOL')).toBe('open');
});
