import { afterAll, beforeAll, expect, test } from 'vitest';
import { createReconcileActivities } from '#activities/reconcile/activities.ts';
import type { TradeId } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { findTrade } from '#prisma/repositories/trades.ts';
import { byHand, type ByHand } from '#tests/support/by-hand.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '#tests/support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterAll(() => harness?.stop());

const A_MINUTE_MS = 60_000;

/** Compares books and venue a minute from now, in a process that dies where the correction is recorded, or does not. */
async function reconcile({ deploymentId }: HarnessDeployment, { dies }: { dies: boolean }): Promise<string> {
  const dying = harness.db.$extends({
    query: { auditLog: { create: () => Promise.reject(new Error('died unrecorded')) } },
  });
  const { listAccountsToReconcile, reconcileAccount } = createReconcileActivities({
    ...harness.execution,
    now: () => Date.now() + A_MINUTE_MS,
    // oxlint-disable-next-line no-unsafe-type-assertion -- the client, but for one method
    db: dies ? (dying as unknown as Database) : harness.db,
    messenger: { exitStarted: async () => undefined, fillsBooked: async () => undefined },
    lifecycles: { ensure: async () => true },
  });
  const [account] = await listAccountsToReconcile({ limit: 10, deploymentId });
  if (!account) throw new Error('no account to compare');
  // Not everything is asked for: missing fills are then no news to the comparison.
  const compared = reconcileAccount({ account: { ...account, fullAt: Date.now() }, full: false });
  return compared.then(
    ({ corrections }) => `${corrections} corrected`,
    (error: unknown) => String(error),
  );
}

const hand = (deployment: HarnessDeployment): Promise<ByHand> =>
  byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);

async function enter(deployment: HarnessDeployment): Promise<TradeId> {
  const entered = await harness.enter(
    await harness.signal(deployment, { barriers: { stopLoss: { price: '48000' } } }),
  );
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  return entered.tradeId;
}

const CASES = {
  'a position that was found': async (deployment: HarnessDeployment) => {
    await (await hand(deployment)).buy('BTC', '0.01', 50_500);
    return 'position.adopt';
  },
  'a position that was made smaller': async (deployment: HarnessDeployment) => {
    await enter(deployment);
    await (await hand(deployment)).sell('BTC', '0.001', 49_500);
    return 'trade.correct_size';
  },
  'a stop that was moved': async (deployment: HarnessDeployment) => {
    const tradeId = await enter(deployment);
    const stop = await harness.db.order.findFirstOrThrow({ where: { tradeId, leg: 'stop' } });
    const to = { size: String(stop.size), triggerPrice: '49000' };
    // oxlint-disable-next-line no-unsafe-type-assertion -- ids of orders here are hexadecimal
    await (await hand(deployment)).moveStop('BTC', stop.clientOrderId as `0x${string}`, to);
    return 'trade.order_moved';
  },
};

/** What a correction changes. */
async function books({ deploymentId }: HarnessDeployment) {
  const trades = await harness.db.trade.findMany({ where: { deploymentId }, select: { id: true } });
  const records = await Promise.all(trades.map(({ id }) => findTrade(harness.db, id)));
  return records.map((trade) => [trade?.phase, trade?.remainingSize, trade?.stopPrice]);
}

test.each(Object.entries(CASES))('%s is corrected and recorded, or neither', async (_what, differ) => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const action = await differ(deployment);
  const before = await books(deployment);
  const recorded = () =>
    harness.db.auditLog.count({ where: { actor: 'reconcile', action, at: { gte: startedAt } } });
  const startedAt = new Date();
  expect(await reconcile(deployment, { dies: true })).toContain('died unrecorded');
  expect([await books(deployment), await recorded()]).toEqual([before, 0]);
  expect(await reconcile(deployment, { dies: false })).toBe('1 corrected');
  expect(await books(deployment)).not.toEqual(before);
  expect(await recorded()).toBe(1);
});
