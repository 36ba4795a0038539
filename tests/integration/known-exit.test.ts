import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startExit, startKnownExit, type KnownPosition } from '#activities/execution/close-position.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { startRoutingRig, type RoutingRig } from '../support/routing-rig.ts';
import { accountOf } from '../support/trading-system.ts';

let rig: RoutingRig;
beforeAll(async () => {
  rig = await startRoutingRig();
  rig.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await rig.refresh();
});
afterEach(() => {
  rig.dieAt.clear();
  rig.sandboxes.hyperliquid.control({ type: 'clearFaults' });
});
afterAll(() => rig?.stop());

const exit = { reason: 'trailing_stop', by: 'watcher', price: '50000' } as const;

/** An open trade, as a watcher knows it. */
async function open(): Promise<KnownPosition> {
  const deployment = await rig.deploy({ hyperliquid: '10000' });
  const entered = await rig.enter(await rig.signal(deployment, { symbol: 'BTC' }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  const trade = await getTrade(rig.db, entered.tradeId);
  if (!trade.plan || trade.remainingSize === null) throw new Error(`the trade is ${trade.phase}`);
  return { trade, venue: 'hyperliquid', instrument: trade.plan.instrument, size: trade.remainingSize };
}

const exitsOf = async ({ trade }: KnownPosition) =>
  (await listOrders(rig.db, trade.id)).filter(({ leg }) => leg === 'exit');
const accountNow = ({ trade }: KnownPosition) =>
  accountOf(rig.sandboxes.hyperliquid.state(), trade.accountId);

test('a position that is as known is claimed and closed, once', async () => {
  const known = await open();
  const answers = await Promise.all([
    startKnownExit(rig.execution, known, exit),
    startKnownExit(rig.execution, known, exit),
  ]);
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await getTrade(rig.db, known.trade.id)).toMatchObject({
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
  expect(await startKnownExit(rig.execution, halved, exit)).toBe(false);
  expect((await getTrade(rig.db, known.trade.id)).phase).toBe('open');
  expect(await exitsOf(known)).toEqual([]);
  expect(await startExit(rig.execution, { tradeId: known.trade.id }, exit)).toBe(true);
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled', size: known.size }]);
});

test('one whose exit somebody else holds is left to them', async () => {
  const known = await open();
  expect(await startExit(rig.execution, { tradeId: known.trade.id }, { ...exit, by: 'operator' })).toBe(true);
  expect(await startKnownExit(rig.execution, known, exit)).toBe(false);
  expect(await startExit(rig.execution, { tradeId: known.trade.id }, exit)).toBe(false);
  expect(await exitsOf(known)).toHaveLength(1);
});

test.each(['exit.after_claim', 'exit.before_send', 'exit.after_send'])(
  'one whose watcher died at %s is closed once by its successor',
  async (step) => {
    const known = await open();
    rig.dieAt.add(step);
    await expect(startKnownExit(rig.execution, known, exit)).rejects.toThrow(step);
    expect(await startKnownExit(rig.execution, known, exit)).toBe(false);
    expect(await startExit(rig.execution, { tradeId: known.trade.id }, exit)).toBe(true);
    const exits = await exitsOf(known);
    expect(exits).toMatchObject([{ status: 'filled', size: known.size }]);
    // The entry and the one close.
    expect(accountNow(known).fills).toBe(2);
  },
);

test('an answer that was lost does not make a second closing order', async () => {
  const known = await open();
  const fault = { kind: 'loseAnswer', action: 'order' } as const;
  rig.sandboxes.hyperliquid.control({ type: 'fault', fault });
  await startKnownExit(rig.execution, known, exit);
  expect(await exitsOf(known)).toMatchObject([{ status: 'filled', revision: 0 }]);
  expect(accountNow(known).fills).toBe(2);
});
