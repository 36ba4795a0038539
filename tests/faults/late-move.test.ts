import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { loadContext, type TradeContext } from '#activities/execution/context.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { ensureStop } from '#activities/execution/stops.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { HoldLostError } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { until } from '#tests/support/trading-system.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import type { Venue } from '#venues/venue.ts';

let harness: RoutingHarness;
let other: Venue;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
  other = createHyperliquidVenue({
    url: harness.sandboxes.hyperliquid.url,
    network: 'testnet',
    weightPerMinute: 60_000,
  });
});
afterEach(() => harness.sandboxes.hyperliquid.control({ type: 'clearFaults' }));
afterAll(async () => {
  await other?.close();
  await harness?.stop();
});

const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

/** Another process at the same work: its actions do not wait for ours. */
function anotherProcess(): ExecutionDeps {
  const deps = { ...harness.execution, venues: new Map([['hyperliquid' as const, other]]) };
  return { ...deps, openSession: createTradingSessions(deps), orderSender: createOrderSender(deps) };
}

async function open(): Promise<TradeContext> {
  const entered = await harness.enter(
    await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {}),
  );
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  return loadContext(harness.execution, entered.tradeId);
}

const stopAt = ({ trade }: TradeContext, price: string) =>
  ({ price, size: trade.remainingSize ?? '0', kind: 'trailing_stop' }) as const;

/** Ends the connections that hold a lock, as the database does when their time is up. */
const takeLocksAway = () =>
  harness.db
    .$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`;

const holds = async ({ trade }: TradeContext) =>
  (await harness.db.tradeHold.findUnique({ where: { tradeId: trade.id } }))?.number ?? 0n;

/** Where the stop stands: in the trade, in its order, and at the venue. */
async function stops({ trade, session }: TradeContext) {
  const [{ stopPrice }, orders, resting] = await Promise.all([
    getTrade(harness.db, trade.id),
    listOrders(harness.db, trade.id),
    session.venue.accounts.openOrders(trade.accountId),
  ]);
  return [stopPrice, newest(orders, 'stop')?.triggerPrice, ...resting.map((order) => order.triggerPrice)];
}

/** A move to 49,000 that stalls under its lock, one to 49,500 that overtakes it, and what became of the first. */
async function overtaken(context: TradeContext): Promise<unknown> {
  const before = await holds(context);
  const late = ensureStop(harness.execution, context, stopAt(context, '49000')).catch(
    (error: unknown) => error,
  );
  await until('the late move to be under way', async () => {
    const keys = await harness.db.tradingKey.findMany({
      where: { deploymentId: context.session.deploymentId },
    });
    const noncesDrawn = keys.some(({ lastNonce }) => lastNonce > drawnBefore);
    return (await holds(context)) > before && noncesDrawn;
  });
  await takeLocksAway();
  const theirs = await loadContext(anotherProcess(), context.trade.id);
  expect(await ensureStop(anotherProcess(), theirs, stopAt(context, '49500'))).toMatchObject({ ok: true });
  return late;
}
let drawnBefore = 0n;

async function noteNonces({ session }: TradeContext): Promise<void> {
  drawnBefore = BigInt(await session.nextNonce());
}

test('a move that waited past its lock does not leave', async () => {
  const context = await open();
  await noteNonces(context);
  // The signer's turn is taken for a while.
  fail({ kind: 'delay', action: 'noop', ms: 1_500 });
  const turn = context.session.venue.execution.fence(context.session.account, Number(drawnBefore));
  expect(await overtaken(context)).toBeInstanceOf(HoldLostError);
  await turn;
  expect(await stops(context)).toEqual(['49500', '49500', '49500']);
});

test('a move whose answer comes after another holder’s does not loosen the stop', async () => {
  const context = await open();
  await noteNonces(context);
  fail({ kind: 'delay', action: 'modify', ms: 1_500 });
  expect(await overtaken(context)).toBeInstanceOf(HoldLostError);
  expect(await stops(context)).toEqual(['49500', '49500', '49500']);
});
