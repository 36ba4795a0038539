import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeKnown } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { loadContext } from '#activities/execution/context.ts';
import { openPosition } from '#activities/execution/open-position.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { sendNextExit } from '#activities/execution/send-next-exit.ts';
import { syncWithVenue } from '#activities/execution/sync-position.ts';
import { asId, type AccountId, type TradeId } from '#domain/ids.ts';
import { sum } from '#domain/money.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '../support/routing-harness.ts';
import { byHand } from '../support/by-hand.ts';
import { accountOf, until } from '../support/trading-system.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
});
afterEach(() => void harness.sandboxes.hyperliquid.control({ type: 'clearFaults' }));
afterAll(() => harness?.stop());

const AN_HOUR_MS = 3_600_000;

/** The venue takes nothing but orders that rest, as after an upgrade. */
const beginWindow = () =>
  harness.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'postOnly', durationMs: AN_HOUR_MS },
  });
const endWindow = () => harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });

/** What sends orders, by a clock that is ahead. */
function at(ms: number) {
  const ahead = { ...harness.execution, now: () => Date.now() + ms };
  return { ...ahead, orderSender: createOrderSender(ahead) };
}

const accountAt = ({ walletAddress }: HarnessDeployment) =>
  accountOf(harness.sandboxes.hyperliquid.state(), walletAddress);
const exitsOf = async (tradeId: TradeId) =>
  (await listOrders(harness.db, tradeId)).filter(({ leg }) => leg === 'exit');

/** A trade whose entry the venue has refused for its window. */
async function refusedEntry() {
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const signal = await harness.signal(deployment, { symbol: 'BTC' });
  beginWindow();
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
  const { id } = await harness.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
  return { deployment, tradeId: asId<TradeId>(id) };
}

/** The owner of the account buys in the instrument of the trade. */
async function ownerBuys(deployment: HarnessDeployment, size: string) {
  const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  await hand.buy('BTC', size, 50_500);
}

/** What the owner holds of the account's position once nothing of the trade is left. */
async function heldOf({ walletAddress }: HarnessDeployment): Promise<string | undefined> {
  const { accounts } = harness.execution.venues.get('hyperliquid')!;
  const { positions } = await accounts.account(asId<AccountId>(walletAddress));
  return positions[0]?.size;
}

/** An open trade whose closing order the venue has refused for its window. */
async function refusedClose(ownerHolds?: string) {
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const entered = await harness.enter(await harness.signal(deployment, { symbol: 'BTC' }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  if (ownerHolds !== undefined) await ownerBuys(deployment, ownerHolds);
  const trade = await getTrade(harness.db, entered.tradeId);
  const known = {
    trade,
    venue: 'hyperliquid' as const,
    instrument: trade.plan!.instrument,
    size: trade.remainingSize!,
  };
  beginWindow();
  await closeKnown(harness.execution, known, { reason: 'force_close', by: 'operator', price: '50000' });
  const context = await loadContext(harness.execution, trade.id);
  /** One look at a position of which nothing has been closed. */
  const look = async (aheadMs = 0, readAt?: number) => {
    const { isShared } = await syncWithVenue(harness.execution, context);
    await sendNextExit(at(aheadMs), context, { size: known.size, readAt, isShared });
  };
  return { deployment, tradeId: trade.id, look, entrySize: known.size };
}

test('an entry in a post-only window is sent again until it is over, and opened once', async () => {
  const { deployment, tradeId } = await refusedEntry();
  for (let turn = 0; turn < 2; turn += 1) {
    await expect(openPosition(harness.execution, { tradeId })).rejects.toMatchObject({
      code: 'post_only_mode',
    });
  }
  endWindow();
  expect(await openPosition(harness.execution, { tradeId })).toMatchObject({
    outcome: 'opened',
    protected: true,
  });
  expect(accountAt(deployment).fills).toBe(1);
  expect((await listOrders(harness.db, tradeId)).map(({ leg }) => leg).toSorted()).toEqual(['entry', 'stop']);
});

test('an entry whose signal expires in a post-only window is refused as stale', async () => {
  const { deployment, tradeId } = await refusedEntry();
  expect(await openPosition(at(AN_HOUR_MS), { tradeId })).toMatchObject({
    outcome: 'refused',
    code: 'stale',
  });
  expect(accountAt(deployment).fills).toBe(0);
});

test('a close in a post-only window rests at the touch, and goes to the market once that is open', async () => {
  const { deployment, tradeId, look } = await refusedClose();
  expect(await exitsOf(tradeId)).toMatchObject([{ status: 'rejected', code: 'post_only_mode' }]);
  await look();
  await look();
  const resting = { kind: 'post_only', status: 'resting', reduceOnly: true };
  expect(await exitsOf(tradeId)).toMatchObject([{ kind: 'ioc' }, resting]);
  expect(Number((await exitsOf(tradeId))[1]?.price)).toBeGreaterThanOrEqual(50_000);
  // It is taken back after a while, and the market tried again: in vain.
  await look(6_000);
  await look(6_000);
  await look(6_000);
  expect(await exitsOf(tradeId)).toMatchObject([
    { kind: 'ioc' },
    { status: 'canceled' },
    { status: 'rejected', code: 'post_only_mode' },
    resting,
  ]);
  endWindow();
  await look(12_000);
  await look(12_000);
  expect((await exitsOf(tradeId)).at(-1)).toMatchObject({ kind: 'ioc', status: 'filled' });
  expect(await confirmExit(harness.execution, { tradeId })).toEqual({ reason: 'force_close' });
  expect(accountAt(deployment).fills).toBe(2);
});

test('a close that rests in a post-only window ends the trade when it fills', async () => {
  const { deployment, tradeId, look } = await refusedClose();
  await look();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_100);
  expect(await confirmExit(harness.execution, { tradeId })).toEqual({ reason: 'force_close' });
  expect((await exitsOf(tradeId)).at(-1)).toMatchObject({ kind: 'post_only', status: 'filled' });
  expect(accountAt(deployment)).toMatchObject({ fills: 2 });
});

test('a close that rested and filled unseen is not sent to the market for what the owner holds', async () => {
  const { deployment, tradeId, look } = await refusedClose();
  await look();
  endWindow();
  await ownerBuys(deployment, '0.05');
  beginWindow();
  const stale = { kind: 'stale', action: 'info', ms: 60_000, durationMs: 60_000 } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault: stale });
  const before = accountAt(deployment).fills;
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_100);
  const from = harness.asked.length;
  let hasEnded = false;
  const confirmed = confirmExit(at(6_000), { tradeId }).finally(() => (hasEnded = true));
  // A fill that is told of meanwhile ends it before.
  await until(
    'four looks at the account, or the end',
    async () => hasEnded || harness.asked.length >= from + 4,
  );
  expect(await exitsOf(tradeId)).toMatchObject([{ kind: 'ioc' }, { kind: 'post_only' }]);
  endWindow();
  expect(await confirmed).toEqual({ reason: 'force_close' });
  expect((await exitsOf(tradeId)).at(-1)).toMatchObject({ kind: 'post_only', status: 'filled' });
  expect(accountAt(deployment).fills).toBe(before + 1);
});

test('after a close that rested, the market waits for a reading that shows what it filled', async () => {
  const { tradeId, look } = await refusedClose();
  const before = Date.now() - 1_000;
  await look();
  await look(6_000);
  await look(6_000, before);
  expect(await exitsOf(tradeId)).toMatchObject([{ kind: 'ioc' }, { kind: 'post_only', status: 'canceled' }]);
  await look(6_000, Date.now() + 1_000);
  expect(await exitsOf(tradeId)).toHaveLength(3);
});

test('a lost close that was to rest goes to the market under an id that stands for that order alone', async () => {
  const { deployment, tradeId, look } = await refusedClose();
  harness.dieAt.add('exit.before_send');
  await expect(look()).rejects.toThrow('died');
  expect(await exitsOf(tradeId)).toMatchObject([
    { kind: 'ioc' },
    { kind: 'post_only', status: 'submitting' },
  ]);
  endWindow();
  harness.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'http', status: 500, action: 'metaAndAssetCtxs', durationMs: AN_HOUR_MS },
  });
  harness.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'http', status: 500, action: 'l2Book', durationMs: AN_HOUR_MS },
  });
  await look();
  const [, sent, ...others] = await exitsOf(tradeId);
  expect(others).toEqual([]);
  expect(sent).toMatchObject({ kind: 'ioc', status: 'filled', revision: 1 });
  // Its recorded limit is the one that was sent: below the market, which an order that rests never is.
  expect(Number(sent?.price)).toBeLessThan(50_000);
  expect(accountAt(deployment).fills).toBe(2);
});

test('no close rests beside the stop where the owner has a part of the position', async () => {
  const { deployment, tradeId, look } = await refusedClose('0.05');
  await look();
  await look();
  expect((await exitsOf(tradeId)).filter(({ kind }) => kind === 'post_only')).toEqual([]);
  harness.sandboxes.hyperliquid.setPrice('BTC', 47_000);
  harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
  expect(await confirmExit(harness.execution, { tradeId })).toEqual({ reason: 'stop_loss' });
  expect(await heldOf(deployment)).toBe('0.05');
});

test('a close that rests is taken back once the owner has a part of the position, and what is ours is closed once', async () => {
  const { deployment, tradeId, look, entrySize } = await refusedClose();
  await look();
  endWindow();
  await ownerBuys(deployment, '0.05');
  beginWindow();
  const confirmed = confirmExit(harness.execution, { tradeId });
  await until('the close to be taken back', async () =>
    (await exitsOf(tradeId)).some(({ kind, status }) => kind === 'post_only' && status === 'canceled'),
  );
  harness.sandboxes.hyperliquid.setPrice('BTC', 47_000);
  harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
  expect(await confirmed).toEqual({ reason: 'stop_loss' });
  expect(await heldOf(deployment)).toBe('0.05');
  const closed = (await listOrders(harness.db, tradeId)).filter(({ reduceOnly }) => reduceOnly);
  expect(sum(closed.map(({ filledSize }) => filledSize)).toString()).toBe(entrySize);
});

test('a close that rested when the stop fired closes nothing that the owner opens later', async () => {
  const { deployment, tradeId, look } = await refusedClose();
  await look();
  harness.sandboxes.hyperliquid.setPrice('BTC', 47_000);
  endWindow();
  await ownerBuys(deployment, '0.05');
  harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
  expect(await confirmExit(harness.execution, { tradeId })).toEqual({ reason: 'stop_loss' });
  expect(await heldOf(deployment)).toBe('0.05');
});
