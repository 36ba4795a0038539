import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeKnown, closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { openPosition } from '#activities/execution/open-position.ts';
import { UnresolvedOrderError } from '#activities/execution/order-sending/index.ts';
import { checkKeysOf, keepKeys } from '#activities/trading-keys/keep-keys.ts';
import { rotateTradingKey } from '#api/use-cases/rotate-trading-key.ts';
import { asId, type AccountId, type TradeId } from '#domain/ids.ts';
import { getDeployment } from '#api/routes/deployments.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { findTradeDetails } from '#prisma/repositories/trade-details.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { approveTradingKey } from '#venues/hyperliquid/accounts/provisioning.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { TEST_MASTER_KEY } from '../support/api.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '../support/routing-harness.ts';
import { accountOf, until } from '../support/trading-system.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterEach(() => {
  harness.dieAt.clear();
  harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
});
afterAll(() => harness?.stop());

const DAY_MS = 86_400_000;
const venue = 'hyperliquid' as const;
const exit = { reason: 'force_close', by: 'operator', price: '50000' } as const;

const keysOf = async ({ deploymentId }: HarnessDeployment) =>
  (await getDeployment({ db: harness.db, now: Date.now }, deploymentId)).tradingKeys;
const exitsOf = async ({ id }: TradeRecord) =>
  (await listOrders(harness.db, id)).filter(({ leg }) => leg === 'exit');
const eventsOf = async ({ id }: TradeRecord) =>
  ((await findTradeDetails(harness.db, id))?.events ?? []).map(({ type }) => type);
const fillsOf = ({ walletAddress }: HarnessDeployment): number =>
  accountOf(harness.sandboxes.hyperliquid.state(), walletAddress).fills;

/** What the owner does at the venue: a key takes the place of the one of its name. */
const approve = (deployment: HarnessDeployment, address: string, name = 'signalman') =>
  approveTradingKey({
    url: harness.sandboxes.hyperliquid.url,
    network: 'testnet',
    masterSigner: deployment.owner,
    agentAddress: address,
    agentName: name,
  });

/** A key that waits to replace the one that signs; answers its address. */
async function prepare(deployment: HarnessDeployment): Promise<string> {
  const { db, execution } = harness;
  const deps = { db, masterKeys: [TEST_MASTER_KEY] as const, venues: [...execution.venues.values()] };
  const principal = { name: 'owner' } as Parameters<typeof rotateTradingKey>[1];
  const { deploymentId: id, walletAddress } = deployment;
  await rotateTradingKey(deps, principal, { id, walletAddress }, venue);
  const waiting = (await keysOf(deployment)).find(({ active, status }) => !active && status === 'pending');
  return waiting?.address ?? '';
}

async function replace(deployment: HarnessDeployment, name?: string): Promise<string> {
  const address = await prepare(deployment);
  await approve(deployment, address, name);
  await checkKeysOf(harness.execution, { ...deployment, venue });
  return address;
}

async function open(deployment: HarnessDeployment): Promise<TradeRecord> {
  const entered = await harness.enter(await harness.signal(deployment, { symbol: 'BTC' }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  return getTrade(harness.db, entered.tradeId);
}

/** A trade whose worker died at a step of its entry. */
async function unanswered(step: string): Promise<{ deployment: HarnessDeployment; tradeId: TradeId }> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const signal = await harness.signal(deployment, { symbol: 'BTC' });
  harness.dieAt.add(step);
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
  const { id } = await harness.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
  return { deployment, tradeId: asId(id) };
}

/** Does a step again while the venue does not say what became of its orders, as Temporal would. */
async function untilAnswered<Result>(step: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof UnresolvedOrderError)) throw error;
      await delay(500);
    }
  }
}

const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

const asKnown = (trade: TradeRecord) => ({
  trade,
  venue,
  instrument: trade.plan!.instrument,
  size: trade.remainingSize!,
});

test('a key is replaced while a trade is open, and the closing order is signed by the new one', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const trade = await open(deployment);
  const [old] = await keysOf(deployment);
  const address = await replace(deployment);
  expect(await keysOf(deployment)).toMatchObject([
    { address, active: true, status: 'approved', validUntil: expect.any(Number), warning: null },
    { address: old?.address, active: false, status: 'revoked', revokedAt: expect.any(Number) },
  ]);
  // A worker that still holds the old signer finds out when it draws a nonce.
  await closeKnown(harness.execution, asKnown(trade), exit);
  expect(await closePosition(harness.execution, { tradeId: trade.id }, exit)).not.toBeNull();
  expect(await exitsOf(trade)).toMatchObject([{ status: 'filled', signer: address }]);
  expect(await eventsOf(trade)).toContain('key_replaced');
});

test('a key that waits is made once, and one that does not open is made anew', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const first = await prepare(deployment);
  expect(await prepare(deployment)).toBe(first);
  await harness.db.tradingKey.updateMany({ where: { address: first }, data: { masterKeyId: 'lost' } });
  expect(await prepare(deployment)).not.toBe(first);
  expect(await keysOf(deployment)).toMatchObject([
    { active: true },
    { status: 'pending' },
    { address: first, status: 'revoked' },
  ]);
});

test.each([
  ['is gone from the venue', 'signalman'],
  ['is still let in', 'another'],
])(
  'an entry without an answer under a replaced key that %s is found, and not sent again',
  async (_how, name) => {
    const deployment = await harness.deploy({ hyperliquid: '10000' });
    const signal = await harness.signal(deployment, { symbol: 'BTC' });
    harness.dieAt.add('entry.after_send');
    expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
    await replace(deployment, name);
    const trade = await harness.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
    expect(await openPosition(harness.execution, { tradeId: asId(trade.id) })).toMatchObject({
      outcome: 'opened',
    });
    expect(fillsOf(deployment)).toBe(1);
  },
);

test.each([
  ['is gone from the venue', 'signalman'],
  ['is still let in', 'another'],
])('one that never left under a replaced key that %s is sent by the new one', async (_how, name) => {
  const { deployment, tradeId } = await unanswered('entry.before_send');
  const address = await replace(deployment, name);
  const opened = await untilAnswered(() => openPosition(harness.execution, { tradeId }));
  expect(opened).toMatchObject({ outcome: 'opened' });
  const orders = await listOrders(harness.db, tradeId);
  expect(orders.find(({ leg }) => leg === 'entry')).toMatchObject({ status: 'filled', signer: address });
  expect(fillsOf(deployment)).toBe(1);
});

test.each([
  ['all', ['status', 'fills', 'openOrders']],
  ['all but open orders', ['status', 'fills']],
])(
  'an entry of a replaced key is neither sent again nor refused while %s reads lag',
  async (_what, kinds) => {
    for (const action of kinds) fail({ kind: 'stale', ms: 60_000, action, durationMs: 12_000 });
    const { deployment, tradeId } = await unanswered('entry.after_send');
    await replace(deployment);
    const opened = await untilAnswered(() => openPosition(harness.execution, { tradeId }));
    expect(opened).toMatchObject({ outcome: 'opened', protected: true });
    expect(fillsOf(deployment)).toBe(1);
  },
);

test('the first order that the venue refuses lets a key that the owner approved meanwhile take over', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const trade = await open(deployment);
  const address = await prepare(deployment);
  await approve(deployment, address);
  expect(await closeKnown(harness.execution, asKnown(trade), exit)).not.toBeNull();
  expect(await exitsOf(trade)).toMatchObject([{ status: 'rejected', code: 'signer_unknown' }]);
  await until('the key to take over', async () => (await keysOf(deployment))[0]?.address === address);
  // What began with the old key is asked again, as its workflow does.
  const confirm = () => confirmExit(harness.execution, { tradeId: trade.id });
  expect(await confirm().catch(confirm)).toEqual({ reason: 'force_close' });
  expect((await exitsOf(trade)).at(-1)).toMatchObject({ status: 'filled', signer: address });
});

test('the end of a key is told weeks before, and when it has come; open trades go on with another', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const trade = await open(deployment);
  const accountId = asId<AccountId>(deployment.walletAddress);
  const inFiveDays = Date.now() + 5 * DAY_MS;
  const soon = await prepare(deployment);
  await approve(deployment, soon, `signalman valid_until ${inFiveDays}`);
  await checkKeysOf(harness.execution, { ...deployment, venue });
  await harness.db.tradingKey.updateMany({
    where: { address: soon },
    data: { validUntil: null, checkedAt: null },
  });
  for (let turn = 0; turn < 2; turn += 1) await checkKeysOf(harness.execution, { ...deployment, venue });
  expect((await keysOf(deployment))[0]).toMatchObject({ validUntil: inFiveDays, warning: 'expires_soon' });
  expect((await eventsOf(trade)).filter((type) => type === 'key_expiring')).toHaveLength(1);
  const audited = await harness.db.auditLog.findMany({ where: { action: 'deployment.key.expiring' } });
  expect(audited.filter(({ subject }) => subject === `deployment/${deployment.deploymentId}`)).toHaveLength(
    1,
  );

  // Another key under its name ends it at the venue.
  await approve(deployment, createTradingKey().address);
  await harness.db.tradingKey.updateMany({
    where: { address: soon },
    data: { validUntil: new Date(Date.now() - 1) },
  });
  await keepKeys(harness.execution, { venue, accountId });
  expect((await keysOf(deployment))[0]).toMatchObject({ status: 'pending', warning: 'expired' });
  expect(await eventsOf(trade)).toContain('key_lost');

  const next = await replace(deployment);
  expect(await closePosition(harness.execution, { tradeId: trade.id }, exit)).not.toBeNull();
  expect((await exitsOf(trade)).at(-1)).toMatchObject({ status: 'filled', signer: next });
});
