import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { TestDeployment, TradingSystem } from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

let system: TradingSystem;
useTradingSystem((started) => (system = started));
beforeAll(async () => {
  await vi.waitUntil(async () => (await system.db.instrument.count()) > 0, 30_000);
});
beforeEach(() => system.sandbox.setPrice('BTC', 50_000));

const barriers = {
  stopLoss: { pct: 5 },
  takeProfits: [
    { pct: 4, fraction: 0.5 },
    { pct: 8, fraction: 0.5 },
  ],
};
const signalOf = ({ agentId }: TestDeployment, change: object = {}) => ({
  agentId,
  instrument: 'BTC',
  side: 'long',
  barriers,
  ...change,
});

async function preview(deployment: TestDeployment, change: object = {}) {
  const answer = await system.call('POST', '/signals/preview', signalOf(deployment, change));
  expect(answer.status).toBe(200);
  return { ...answer.body.deployments[0], all: answer.body };
}
const failed = ({ checks }: { checks: { name: string; refusal: { code: string } | null }[] }) =>
  checks.flatMap(({ name, refusal }) => (refusal ? [`${name}: ${refusal.code}`] : []));

const counts = async () => {
  const { db } = system;
  return Promise.all([
    db.signal.count(),
    db.trade.count(),
    db.order.count(),
    db.skippedSignal.count(),
    db.routingDecision.count(),
    db.auditLog.count(),
    db.latestCall.count(),
  ]);
};

test('a preview is what the signal becomes, and nothing is sent or written', async () => {
  const deployment = await system.deploy();
  const before = await counts();
  const sent = system.sandbox.orderLog().length;
  const previewed = await preview(deployment);
  expect(await counts()).toEqual(before);
  expect(system.sandbox.orderLog()).toHaveLength(sent);
  expect(failed(previewed)).toEqual([]);
  expect(previewed.checks.map(({ name }: { name: string }) => name)).toEqual([
    'call',
    'standing',
    'brakes',
    'market',
    'drift',
    'key',
    'account',
    'instrument',
    'exits',
    'size',
    'room',
  ]);
  const { order } = previewed;
  expect(order).toMatchObject({ venue: 'hyperliquid', price: '50000', size: '0.02', leverage: 1 });
  expect(order.fees).toEqual({ entryUsd: '0.45', exitUsd: '0.45', flatUsd: '0' });

  const posted = await system.call('POST', '/signals', signalOf(deployment));
  const trade = system.tradeOf(posted.body.signalId, deployment);
  await trade.untilArmed();
  const details = await trade.details();
  expect(details?.entrySize).toBe(order.size);
  const placed = details?.orders.flatMap(({ leg, legNumber, triggerPrice, size }) =>
    leg === 'entry' ? [] : [{ leg, legNumber, triggerPrice, size }],
  );
  expect(placed).toEqual(expect.arrayContaining(order.legs));
  expect(placed).toHaveLength(order.legs.length);
  expect((await system.call('GET', `/signals/${posted.body.signalId}`)).body).toMatchObject({
    outcome: 'executed',
    message: null,
    weightPct: 100,
  });

  const again = await preview(deployment);
  expect(failed(again)).toEqual(['call: duplicate_signal', 'instrument: instrument_busy']);
  expect(failed(await preview(deployment, { again: true }))).toEqual(['instrument: instrument_busy']);
});

describe('a signal that would be refused is refused by the check that refuses it then', () => {
  /** The code by which the trade of a real signal is refused. */
  async function refusedBy(deployment: TestDeployment, change: object): Promise<string | undefined> {
    const posted = await system.call('POST', '/signals', signalOf(deployment, change));
    const details = await system.tradeOf(posted.body.signalId, deployment).reaches('skipped');
    const { body } = await system.call('GET', `/signals/${posted.body.signalId}`);
    expect(body.outcome).toBe('skipped');
    return details.refusal?.code;
  }

  test.each<[string, object]>([
    ['drift: drifted', { referencePrice: '30000', maxDriftPct: 1, barriers: { stopLoss: { pct: 5 } } }],
    ['exits: wrong_side_stop', { barriers: { stopLoss: { price: '60000' } } }],
    ['size: too_small', { sizeModel: { mode: 'fixedNotional', notionalUsd: '1' } }],
    ['market: unknown_instrument', { instrument: 'FOOBAR' }],
  ])('%s', async (check, change) => {
    const deployment = await system.deploy();
    const previewed = await preview(deployment, change);
    expect(failed(previewed)).toEqual([check]);
    expect(previewed.order).toBeNull();
    expect(await refusedBy(deployment, change)).toBe(previewed.refusal.code);
  });

  test('the limit of open positions', async () => {
    const deployment = await system.deploy({ maxOpenPositions: 1 });
    await (await system.signal(deployment, { barriers })).untilArmed();
    expect(failed(await preview(deployment, { instrument: 'ETH' }))).toEqual(['size: limit_reached']);
  });

  test('a deployment that is paused', async () => {
    const deployment = await system.deploy();
    await system.call('POST', `/deployments/${deployment.deploymentId}/pause`, {});
    expect(failed(await preview(deployment))).toEqual(['standing: deployment_paused']);
  });
});

test('a venue that does not answer is named instead of an error', async () => {
  const deployment = await system.deploy();
  system.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 500, action: 'info', count: 100 } });
  const previewed = await preview(deployment);
  expect(previewed.refusal.code).toBe('venue_unhealthy');
  expect(previewed.order).toBeNull();
});

test('an agent without deployments has nothing to say', async () => {
  const { body } = await system.call('POST', '/agents', { name: 'alone' });
  const answer = await system.call('POST', '/signals/preview', {
    agentId: body.id,
    instrument: 'BTC',
    side: 'short',
  });
  expect(answer.body).toMatchObject({ deployments: [], notAsked: 0 });
});

test('previews take no more of the budget of trading than twenty a minute', async () => {
  const { body } = await system.call('POST', '/agents', { name: 'asked-often' });
  const ask = () =>
    system.call('POST', '/signals/preview', { agentId: body.id, instrument: 'BTC', side: 'long' });
  await vi.waitUntil(async () => (await ask()).body.code === 'rate_limited', 30_000);
  expect((await system.call('GET', '/signals')).status).toBe(200);
});
