import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { bookFills } from '#activities/ledger/book-fills.ts';
import { closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { openPosition } from '#activities/execution/open-position.ts';
import { createLedgerActivities } from '#activities/ledger/activities.ts';
import type { Database } from '#prisma/client.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { findTradeOf, getTrade } from '#prisma/repositories/trades.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';
import { accountOf } from '#tests/support/trading-system.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterEach(() => harness.sandboxes.hyperliquid.control({ type: 'clearFaults' }));
afterAll(() => harness?.stop());

const A_MINUTE_MS = 60_000;
const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

/** Enters a trade whose answer is lost under these faults, and returns what the books and the venue have of it. */
async function enterUnanswered(...faults: Fault[]) {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  const { signalId, deploymentId, walletAddress } = signal;
  for (const fault of [...faults, { kind: 'loseAnswer', action: 'order' } as const]) fail(fault);
  const entered = await harness.enter(signal);
  const trade = await findTradeOf(harness.db, { signalId, deploymentId });
  const stop = newest(await listOrders(harness.db, trade.id), 'stop');
  return { entered, trade, stop, account: accountOf(harness.sandboxes.hyperliquid.state(), walletAddress) };
}

const lagging = (action: string): Fault => ({
  kind: 'stale',
  ms: A_MINUTE_MS,
  action,
  durationMs: A_MINUTE_MS,
});

test.each([
  ['as a whole', 1],
  ['in part', 0.5],
])('an entry that filled %s is booked by the venue’s word while its fills lag', async (_how, fraction) => {
  const { entered, trade, stop, account } = await enterUnanswered(
    { kind: 'partialFill', fraction },
    lagging('fills'),
  );
  expect(entered).toMatchObject({ entry: { outcome: 'opened', protected: true } });
  expect(Number(trade.entrySize)).toBeCloseTo(Number(trade.plan?.size) * fraction, 4);
  expect(stop).toMatchObject({ status: 'resting', size: trade.entrySize });
  expect(account.fills).toBe(1);
});

test('an entry that a lagging look-up calls open is asked for until it is over', async () => {
  const { entered, trade, account } = await enterUnanswered({
    kind: 'stale',
    ms: A_MINUTE_MS,
    action: 'status',
    count: 3,
  });
  expect(entered).toMatchObject({ entry: { outcome: 'opened', protected: true } });
  expect(trade.phase).toBe('open');
  expect(account.fills).toBe(1);
});

test('an entry whose order the venue does not name is known by its fill, and its stop by the open orders', async () => {
  const { entered, trade, stop, account } = await enterUnanswered({
    kind: 'noStatus',
    durationMs: A_MINUTE_MS,
  });
  expect(entered).toMatchObject({ entry: { outcome: 'opened', protected: true } });
  expect(stop).toMatchObject({ status: 'resting', revision: 0 });
  expect(trade).toMatchObject({ phase: 'open', entrySize: trade.plan?.size });
  expect(account.fills).toBe(1);
});

test('a fill whose line could not be told is booked with it the next time', async () => {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  await harness.enter(signal);
  const { signalId, deploymentId } = signal;
  const { id: tradeId, accountId } = await findTradeOf(harness.db, { signalId, deploymentId });
  const venue = harness.execution.venues.get('hyperliquid');
  const fills = (await venue?.accounts.fillsSince(accountId, 0)) ?? [];
  await harness.db.tradeEvent.deleteMany({ where: { tradeId, type: 'fill' } });
  await harness.db.fill.deleteMany({ where: { tradeId } });
  const untold = harness.db.$extends({
    query: { tradeEvent: { createMany: () => Promise.reject(new Error('killed')) } },
  });
  // oxlint-disable-next-line no-unsafe-type-assertion -- the client, but for one method
  await expect(bookFills(untold as unknown as Database, 'hyperliquid', accountId, fills)).rejects.toThrow(
    'killed',
  );
  await bookFills(harness.db, 'hyperliquid', accountId, fills);
  const told = await harness.db.tradeEvent.count({ where: { tradeId, type: 'fill' } });
  expect([fills.length, told]).toEqual([1, 1]);
});

test('an entry that is found long after it filled is open since its fill, and settles with it', async () => {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  const { signalId, deploymentId } = signal;
  harness.dieAt.add('entry.after_send');
  await harness.enter(signal);
  harness.dieAt.clear();
  const { id: tradeId } = await findTradeOf(harness.db, { signalId, deploymentId });
  const later = { ...harness.execution, now: () => Date.now() + 5 * A_MINUTE_MS };
  expect(await openPosition(later, { tradeId })).toMatchObject({ outcome: 'opened', protected: true });
  expect((await getTrade(harness.db, tradeId)).openedAt).toBeLessThan(Date.now());
  await closePosition(later, { tradeId }, { reason: 'force_close', by: 'x', price: '50000' });
  await confirmExit(later, { tradeId });
  await createLedgerActivities(later).settleTrade({ tradeId });
  const { isProvisional, settledFills } = await harness.db.trade.findUniqueOrThrow({
    where: { id: tradeId },
  });
  expect({ isProvisional, settledFills }).toEqual({ isProvisional: false, settledFills: 2 });
});
