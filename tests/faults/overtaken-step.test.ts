import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { loadContext, type TradeContext } from '#activities/execution/context.ts';
import { fitTargets } from '#activities/execution/fit-targets.ts';
import { TradeOverError } from '#activities/execution/order-sending/index.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import { ensureStop } from '#activities/execution/stops.ts';
import type { OrderLeg } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { byHand } from '#tests/support/by-hand.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  await harness.refresh();
});
afterEach(() => harness.sandboxes.hyperliquid.setPrice('BTC', 50_000));
afterAll(() => harness?.stop());

/** An open long with a stop at 48,000 and a target at 51,000, in an account whose owner holds as much again. */
async function open(): Promise<TradeContext> {
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const barriers = { stopLoss: { pct: 4 }, takeProfits: [{ pct: 2, fraction: 1 }] };
  const entered = await harness.enter(await harness.signal(deployment, { barriers }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  await hand.buy('BTC', '0.02', 50_500);
  return loadContext(harness.execution, entered.tradeId);
}

/** Somebody cancelled the order, and the books know. */
async function lose(context: TradeContext, leg: OrderLeg): Promise<void> {
  const { session, plan, trade } = context;
  const order = (await listOrders(harness.db, trade.id)).find((each) => each.leg === leg);
  if (!order) throw new Error(`no ${leg}`);
  const nonce = await session.nextNonce();
  await session.venue.execution.cancel(session.account, plan.instrument, [order.clientOrderId], { nonce });
  await harness.db.order.update({ where: { id: order.id }, data: { status: 'canceled' } });
}

/** The trade, whose orders are drawn nonces for no sooner than they are let. */
function stalling(context: TradeContext) {
  const reached = Promise.withResolvers<void>();
  const free = Promise.withResolvers<void>();
  const wait = async (): Promise<void> => {
    reached.resolve();
    await free.promise;
  };
  const under: TradeContext['session']['under'] = (hold) => {
    const session = context.session.under(hold);
    return {
      ...session,
      nextNonce: () => wait().then(session.nextNonce),
      nonceDraw: () => wait().then(session.nonceDraw),
    };
  };
  return { stalled: { ...context, session: { ...context.session, under } }, reached: reached.promise, free };
}

async function end({ trade: { id: tradeId } }: TradeContext): Promise<void> {
  await closePosition(harness.execution, { tradeId }, { reason: 'force_close', by: 'owner', price: null });
  await confirmExit(harness.execution, { tradeId });
}

const restingOf = ({ session, trade }: TradeContext) => session.venue.accounts.openOrders(trade.accountId);

const moveStop = (context: TradeContext) =>
  ensureStop(harness.execution, context, {
    price: '49000',
    size: context.trade.remainingSize ?? '0',
    kind: 'trailing_stop',
  });

test.each([
  ['the placing of a stop', 'stop', moveStop],
  [
    'the placing of a target',
    'take_profit',
    (context: TradeContext) => fitTargets(harness.execution, context),
  ],
  ['the move of a stop', null, moveStop],
] as const)('%s that a close overtook leaves nothing behind once it goes on', async (_what, lost, step) => {
  const context = await open();
  if (lost !== null) await lose(context, lost);
  const { stalled, reached, free } = stalling(context);
  const ended = step(stalled).catch((error: unknown) => error);
  await reached;
  await end(context);
  free.resolve();
  expect(await ended).toBeInstanceOf(TradeOverError);
  expect(await restingOf(context)).toEqual([]);
});

test('a move that a stop overtook, whose end nobody has claimed, leaves nothing behind either', async () => {
  const context = await open();
  const { stalled, reached, free } = stalling(context);
  const ended = moveStop(stalled).catch((error: unknown) => error);
  await reached;
  harness.sandboxes.hyperliquid.setPrice('BTC', 47_900);
  expect(await confirmExit(harness.execution, { tradeId: context.trade.id })).toEqual({
    reason: 'stop_loss',
  });
  free.resolve();
  expect(await ended).toBeInstanceOf(TradeOverError);
  expect(await restingOf(context)).toEqual([]);
});

test('a look that finds the end of its trade begun leaves stop and targets as they are', async () => {
  const context = await open();
  await lose(context, 'stop');
  const { id: tradeId, remainingSize } = context.trade;
  await harness.db.trade.update({ where: { id: tradeId }, data: { phase: 'closing' } });
  expect(await reviewPosition(harness.execution, { tradeId })).toMatchObject({
    remainingSize,
    closedBy: null,
  });
  expect(await restingOf(context)).toHaveLength(1);
});

test('an exit that is said to have begun, and that nobody has claimed, is claimed and told before it is sent', async () => {
  const context = await open();
  const { id: tradeId } = context.trade;
  await confirmExit(harness.execution, { tradeId });
  expect(await getTrade(harness.db, tradeId)).toMatchObject({ exitClaimedBy: 'workflow' });
  expect(await harness.db.tradeEvent.count({ where: { tradeId, type: 'exit_started' } })).toBe(1);
});
