import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closeKnown, closePosition, type KnownPosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { fireTarget } from '#activities/execution/fire-target.ts';
import { venueOf } from '#activities/deps.ts';
import { bookFills } from '#activities/ledger/book-fills.ts';
import type { Barriers } from '#domain/barriers.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { saveSeen } from '#prisma/repositories/watches.ts';
import { loadContext } from '#activities/execution/context.ts';
import { sendNextExit } from '#activities/execution/send-next-exit.ts';
import { createWatchActivities } from '#activities/watching/activities.ts';
import { startRoutingHarness, type RoutingHarness } from '../support/routing-harness.ts';
import { accountOf } from '../support/trading-system.ts';

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

const exit = { reason: 'trailing_stop', by: 'watcher', price: '50000' } as const;

/** An open trade, as a watcher knows it. */
async function open(barriers: Barriers = { stopLoss: { pct: 5 } }): Promise<KnownPosition> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const entered = await harness.enter(await harness.signal(deployment, { symbol: 'BTC', barriers }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  const trade = await getTrade(harness.db, entered.tradeId);
  if (!trade.plan || trade.remainingSize === null) throw new Error(`the trade is ${trade.phase}`);
  return { trade, venue: 'hyperliquid', instrument: trade.plan.instrument, size: trade.remainingSize };
}

const exitsOf = async ({ trade }: KnownPosition) =>
  (await listOrders(harness.db, trade.id)).filter(({ leg }) => leg === 'exit');
const accountNow = ({ trade }: KnownPosition) =>
  accountOf(harness.sandboxes.hyperliquid.state(), trade.accountId);

test('a position that is as known is claimed and closed, once', async () => {
  const known = await open();
  const answers = await Promise.all([
    closeKnown(harness.execution, known, exit),
    closeKnown(harness.execution, known, exit),
  ]);
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await getTrade(harness.db, known.trade.id)).toMatchObject({
    phase: 'closing',
    exitReason: 'trailing_stop',
    exitClaimedBy: 'watcher',
  });
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled', size: known.size, revision: 0 }]);
  expect(Number(accountNow(known).unrealisedPnl)).toBe(0);
});

test('one that has another size by now is left alone', async () => {
  const known = await open();
  const halved = { ...known, size: String(Number(known.size) / 2) };
  expect(await closeKnown(harness.execution, halved, exit)).toBeNull();
  expect((await getTrade(harness.db, known.trade.id)).phase).toBe('open');
  expect(await exitsOf(known)).toEqual([]);
  expect(await closePosition(harness.execution, { tradeId: known.trade.id }, exit)).not.toBeNull();
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled', size: known.size }]);
});

test('one whose exit somebody else holds is left to them', async () => {
  const known = await open();
  expect(
    await closePosition(harness.execution, { tradeId: known.trade.id }, { ...exit, by: 'operator' }),
  ).not.toBeNull();
  expect(await closeKnown(harness.execution, known, exit)).toBeNull();
  expect(await closePosition(harness.execution, { tradeId: known.trade.id }, exit)).toBeNull();
  expect(await exitsOf(known)).toHaveLength(1);
});

test.each(['exit.after_claim', 'exit.before_send', 'exit.after_send'])(
  'one whose watcher died at %s is closed once by its successor',
  async (step) => {
    const known = await open();
    harness.dieAt.add(step);
    await expect(closeKnown(harness.execution, known, exit)).rejects.toThrow(step);
    expect(await closeKnown(harness.execution, known, exit)).toBeNull();
    expect(await closePosition(harness.execution, { tradeId: known.trade.id }, exit)).not.toBeNull();
    const exits = await exitsOf(known);
    expect(exits).toMatchObject([{ status: 'filled', size: known.size }]);
    // The entry and the one close.
    expect(accountNow(known).fills).toBe(2);
  },
);

test('a close that is told by a successor, after its fills, is told with its size', async () => {
  const known = await open();
  const tradeId = known.trade.id;
  const closed = { ...exit, reason: 'force_close', by: 'workflow', price: null } as const;
  harness.dieAt.add('exit.after_store');
  await expect(closePosition(harness.execution, { tradeId }, closed)).rejects.toThrow('exit.after_store');
  const listed = await venueOf(harness.execution, 'hyperliquid').accounts.fillsSince(
    known.trade.accountId,
    0,
  );
  await bookFills(harness.db, 'hyperliquid', known.trade.accountId, listed);
  expect((await getTrade(harness.db, tradeId)).remainingSize).toBe('0');
  await closePosition(harness.execution, { tradeId }, closed);
  const line = await harness.db.tradeEvent.findFirstOrThrow({ where: { tradeId, type: 'exit_started' } });
  expect(line.text).toBe(`Closing ${known.size}: force_close, by workflow`);
  expect(await exitsOf(known)).toHaveLength(1);
});

test('an answer that was lost does not make a second closing order', async () => {
  const known = await open();
  const fault = { kind: 'loseAnswer', action: 'order' } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault });
  await closeKnown(harness.execution, known, exit);
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled', revision: 0 }]);
  expect(accountNow(known).fills).toBe(2);
});

test('an exit that a watch decided is not begun once the watch is paused or has changed', async () => {
  const known = await open();
  const tradeId = known.trade.id;
  const watching = createWatchActivities(harness.execution);
  const version = async () => (await harness.db.watch.findUniqueOrThrow({ where: { tradeId } })).version;
  await watching.armWatch({ tradeId });
  const asOfWatch = await version();
  await watching.pauseWatch({ tradeId, by: 'ada' });
  for (const seen of [asOfWatch, await version()]) {
    expect(await closeKnown(harness.execution, known, { ...exit, asOfWatch: seen })).toBeNull();
    expect(await closePosition(harness.execution, { tradeId }, { ...exit, asOfWatch: seen })).toBeNull();
  }
  await watching.resumeWatch({ tradeId, by: 'ada' });
  expect(await closeKnown(harness.execution, known, { ...exit, asOfWatch })).toBeNull();
  expect((await getTrade(harness.db, tradeId)).phase).toBe('open');
  expect(await exitsOf(known)).toEqual([]);
  expect(await closeKnown(harness.execution, known, { ...exit, asOfWatch: await version() })).not.toBeNull();
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled' }]);
});

test('a target is not fired for a trade that is paused, nor at a price of before it was moved away', async () => {
  const { trade } = await open({ stopLoss: { pct: 5 }, takeProfits: [{ pct: 4, fraction: 0.5 }] });
  const tradeId = trade.id;
  const watching = createWatchActivities(harness.execution);
  await watching.armWatch({ tradeId });
  // As at a venue where it cannot rest.
  const where = { tradeId, leg: 'take_profit' } as const;
  await harness.db.order.updateMany({ where, data: { status: 'canceled' } });
  const fire = (price: string) => fireTarget(harness.execution, { tradeId }, { leg: 1, price });
  expect(await fire('51000')).toBe('later');
  await watching.pauseWatch({ tradeId, by: 'ada' });
  expect(await fire('52100')).toBe('later');
  expect(await harness.db.order.count({ where })).toBe(1);
  await watching.resumeWatch({ tradeId, by: 'ada' });
  expect(await fire('52100')).toBe('done');
  expect(await harness.db.order.count({ where: { ...where, status: 'filled' } })).toBe(1);
});

test('a watch that is armed again keeps what was seen, and a pause', async () => {
  const { trade } = await open();
  const watching = createWatchActivities(harness.execution);
  await watching.armWatch({ tradeId: trade.id });
  const seen = { until: Date.now(), peak: '52000', trail: null };
  await saveSeen(harness.db, [{ tradeId: trade.id, trailRevision: 0, ...seen }]);
  await watching.pauseWatch({ tradeId: trade.id, by: 'ada' });
  await watching.armWatch({ tradeId: trade.id });
  const watch = await harness.db.watch.findUniqueOrThrow({ where: { tradeId: trade.id } });
  expect(watch).toMatchObject({ status: 'paused', levels: { seen } });
});

test('each pause is told, and one whose step runs again only once', async () => {
  const { trade } = await open();
  const tradeId = trade.id;
  const watching = createWatchActivities(harness.execution);
  await watching.armWatch({ tradeId });
  for (let turn = 0; turn < 2; turn += 1) {
    await watching.pauseWatch({ tradeId, by: 'ada' });
    await watching.pauseWatch({ tradeId, by: 'ada' });
    await watching.resumeWatch({ tradeId, by: 'ada' });
  }
  const events = await harness.db.tradeEvent.findMany({ where: { tradeId }, orderBy: { id: 'asc' } });
  const told = events.map(({ type }) => type).filter((type) => /paused|resumed/.test(type));
  expect(told).toEqual(['paused', 'resumed', 'paused', 'resumed']);
});

test('a close that no price can be read for goes out all the same, with a wide limit', async () => {
  const known = await open();
  const fault = { kind: 'http', status: 503, action: 'info', durationMs: 60_000 } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault });
  const asked = { reason: 'force_close', by: 'ada', price: null } as const;
  expect(await closePosition(harness.execution, { tradeId: known.trade.id }, asked)).not.toBeNull();
  const [order] = await exitsOf(known);
  expect(order).toMatchObject({ status: 'filled', revision: 0, size: known.size });
  expect(Number(order?.price)).toBeLessThan(40_000);
});

test('an exit that cannot be signed is not claimed', async () => {
  const known = await open();
  const unsigned = { ...harness.execution, openSession: () => Promise.reject(new Error('no key')) };
  const asked = { reason: 'force_close', by: 'ada', price: null } as const;
  await expect(closePosition(unsigned, { tradeId: known.trade.id }, asked)).rejects.toThrow('no key');
  expect((await getTrade(harness.db, known.trade.id)).phase).toBe('open');
});

test('a closing order that is refused for good is sent ever more rarely, and told once', async () => {
  const known = await open();
  const error = 'Reduce only order would increase position. asset=0';
  const fault = { kind: 'refuse', error, action: 'order', count: 1_000 } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault });
  await closeKnown(harness.execution, known, exit);
  const context = await loadContext(harness.execution, known.trade.id);
  const at = (ms: number) => ({ ...harness.execution, now: () => Date.now() + ms });
  for (let look = 0; look < 5; look += 1)
    await sendNextExit(at(0), context, { size: known.size, readAt: undefined, isShared: false });
  expect(await exitsOf(known)).toMatchObject([{ status: 'rejected', revision: 0 }]);
  for (let look = 0; look < 5; look += 1)
    await sendNextExit(at(1_500), context, { size: known.size, readAt: undefined, isShared: false });
  expect(await exitsOf(known)).toMatchObject([{ revision: 0 }, { revision: 1 }]);
  await sendNextExit(at(3_600_000), context, { size: known.size, readAt: undefined, isShared: false });
  expect(await exitsOf(known)).toHaveLength(3);
  const told = { tradeId: known.trade.id, type: 'exit_refused' };
  expect(await harness.db.tradeEvent.findMany({ where: told })).toHaveLength(1);
});

test('a closing order that was never seen to arrive cannot hit what comes after the trade', async () => {
  const known = await open();
  harness.dieAt.add('exit.before_send');
  await expect(closeKnown(harness.execution, known, exit)).rejects.toThrow('exit.before_send');
  const [lost] = await exitsOf(known);
  // The stop at the venue ends the trade meanwhile.
  harness.sandboxes.hyperliquid.setPrice('BTC', 40_000);
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await confirmExit(harness.execution, { tradeId: known.trade.id });
  expect(await exitsOf(known)).toMatchObject([{ status: 'canceled', nonce: lost?.nonce }]);
  const log = harness.sandboxes.hyperliquid.control({ type: 'orderLog', action: 'noop', limit: 5 });
  expect(JSON.stringify(log)).toContain(String(lost?.nonce));
});
