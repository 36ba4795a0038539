import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import { amount, sum } from '#domain/money.ts';
import { setBrake } from '#prisma/repositories/raise-brakes.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '../support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  for (const sandbox of Object.values(harness.sandboxes))
    for (const [coin, price] of Object.entries({ BTC: 50_000, ETH: 3_000, SOL: 150 }))
      sandbox.setPrice(coin, price);
  harness.list('hyperliquid', 'BTC', 'ETH', 'SOL');
  harness.list('ostium', 'BTC', 'ETH', 'SOL');
  await harness.refresh();
});
afterAll(() => harness?.stop());
beforeEach(async () => {
  await harness.db.systemLimits.deleteMany();
  await harness.db.entryBrake.deleteMany();
});

const limit = ({ deploymentId: id }: HarnessDeployment, entryLimits: EntryLimits) =>
  harness.db.agentDeployment.update({ where: { id }, data: { entryLimits: { ...entryLimits } } });
const limitAll = (entryLimits: EntryLimits) =>
  harness.db.systemLimits.create({ data: { entryLimits: { ...entryLimits } } });

const enter = async (deployment: HarnessDeployment, symbol: string, notionalUsd = '1000') =>
  harness.enter(
    await harness.signal(deployment, { symbol, sizeModel: { mode: 'fixedNotional', notionalUsd } }),
  );
type Entered = Awaited<ReturnType<typeof enter>>;
const codes = (entered: readonly Entered[]) =>
  entered.map((each) => (each.outcome === 'refused' ? each.code : each.outcome)).toSorted();

/** What the deployments have planned, in USD. */
async function plannedUsd(...deployments: HarnessDeployment[]): Promise<number> {
  const trades = await harness.db.trade.findMany({
    where: { deploymentId: { in: deployments.map(({ deploymentId }) => deploymentId) }, phase: 'open' },
  });
  return sum(
    trades.map(({ entrySize, entryPrice }) =>
      amount(entrySize?.toFixed() ?? '0').mul(entryPrice?.toFixed() ?? '0'),
    ),
  ).toNumber();
}
const ROUND = 60;

test('exposure of a deployment at both venues stays within its limit when signals come at once', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000', ostium: '10000' });
  await limit(deployment, { maxGrossUsd: '1500' });
  const entered = await Promise.all(['BTC', 'ETH', 'SOL'].map((symbol) => enter(deployment, symbol)));
  expect(codes(entered)).toEqual(['exposure_reached', 'planned', 'planned']);
  expect(await plannedUsd(deployment)).toBeLessThanOrEqual(1_500 + ROUND);
  expect(await plannedUsd(deployment)).toBeGreaterThan(1_500 - ROUND);
});

test('exposure in an instrument stays within the limit of all deployments together', async () => {
  const deployments = await Promise.all(
    ['a', 'b', 'c'].map(() => harness.deploy({ hyperliquid: '10000', ostium: '10000' })),
  );
  const before = await harness.db.trade.count({ where: { symbol: 'SOL', phase: 'open' } });
  await limitAll({ maxInstrumentUsd: String(before * 1_000 + 1_500) });
  const entered = await Promise.all(deployments.map((deployment) => enter(deployment, 'SOL')));
  expect(codes(entered)).toEqual(['instrument_exposure_reached', 'planned', 'planned']);
  const [first] = deployments;
  expect(first && codes([await enter(first, 'ETH')])).toEqual(['planned']);
});

test('no more entries are made in a minute than the limit allows', async () => {
  const deployments = await Promise.all(['a', 'b', 'c'].map(() => harness.deploy({ hyperliquid: '10000' })));
  const [first] = deployments;
  if (first) await limit(first, { maxEntriesPerMinute: 1 });
  expect(first && codes([await enter(first, 'BTC'), await enter(first, 'ETH')])).toEqual([
    'entry_rate_reached',
    'planned',
  ]);
  const made = await harness.db.routingDecision.count({ where: { trade: { phase: 'open' } } });
  await limitAll({ maxEntriesPerMinute: made + 1 });
  const entered = await Promise.all(deployments.slice(1).map((deployment) => enter(deployment, 'BTC')));
  expect(codes(entered)).toEqual(['entry_rate_reached', 'planned']);
});

test('a brake at a venue sends the trade to the other one', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000', ostium: '10000' });
  const target = { venue: 'hyperliquid', agentId: null, deploymentId: null } as const;
  await setBrake(harness.db, {
    ...target,
    code: 'venue_braked',
    reason: 'maintenance',
    setBy: 'test',
    until: null,
  });
  const signal = await harness.signal(deployment, {});
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', venue: 'ostium' });
  expect((await harness.decision(signal))?.refusals).toMatchObject([
    { venue: 'hyperliquid', code: 'venue_braked', text: expect.stringContaining('maintenance') },
  ]);
});
