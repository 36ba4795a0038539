import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { closePosition } from '#activities/execution/close-position.ts';
import { openPlanned, openPosition } from '#activities/execution/open-position.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { findTradeOf, getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import {
  startRoutingHarness,
  type HarnessSignal,
  type RoutingHarness,
} from '#tests/support/routing-harness.ts';
import { accountOf } from '#tests/support/trading-system.ts';

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

const A_MINUTE_MS = 60_000;
const A_YEAR_MS = 365 * 86_400_000;

/** An attempt that wrote its entry down and stalled there, and the nonce it holds. */
async function stalled(): Promise<{ signal: HarnessSignal; trade: TradeRecord; nonce: number | null }> {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  harness.dieAt.add('entry.before_send');
  await harness.enter(signal);
  const { signalId, deploymentId } = signal;
  const trade = await findTradeOf(harness.db, { signalId, deploymentId });
  const [order] = await listOrders(harness.db, trade.id);
  return { signal, trade, nonce: order?.nonce ?? null };
}

/** What sends orders so much later. */
function later(ms: number): ExecutionDeps {
  const deps = { ...harness.execution, now: () => Date.now() + ms };
  return { ...deps, openSession: createTradingSessions(deps), orderSender: createOrderSender(deps) };
}

/** What sends orders after the signal has expired. */
const written = (nonce: number | null) => (nonce === null ? null : { nonce, brakesReadAt: null });
const afterExpiry = (): ExecutionDeps => later(A_YEAR_MS);

const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

const fills = ({ walletAddress }: HarnessSignal): number =>
  accountOf(harness.sandboxes.hyperliquid.state(), walletAddress).fills;

test.each([
  ['has opened the position', []],
  ['has sent the entry and died', ['entry.after_send']],
])('a stalled attempt that comes back late concludes the one that %s', async (_what, deaths) => {
  const { signal, trade, nonce } = await stalled();
  deaths.forEach((step) => harness.dieAt.add(step));
  await harness.enter(signal);
  expect(fills(signal)).toBe(1);
  expect(await openPlanned(afterExpiry(), trade, written(nonce))).toMatchObject({
    outcome: 'opened',
    protected: true,
  });
  expect(await getTrade(harness.db, trade.id)).toMatchObject({ phase: 'open', refusal: null });
  expect(fills(signal)).toBe(1);
});

test('a stalled attempt that owns its entry calls it stale', async () => {
  const { signal, trade, nonce } = await stalled();
  expect(await openPlanned(afterExpiry(), trade, written(nonce))).toMatchObject({
    outcome: 'refused',
    code: 'stale',
  });
  expect(fills(signal)).toBe(0);
});

test('a fence that went unanswered is not taken for the entry, which is then sent', async () => {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  fail({ kind: 'loseRequest', action: 'order' });
  fail({ kind: 'loseAnswer', action: 'noop' });
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
  const { signalId, deploymentId } = signal;
  const { id: tradeId } = await findTradeOf(harness.db, { signalId, deploymentId });
  expect(await openPosition(later(A_MINUTE_MS), { tradeId })).toMatchObject({ outcome: 'opened' });
  expect(fills(signal)).toBe(1);
});

describe('clocks that are days ahead', () => {
  const DAYS_MS = 3 * 86_400_000;
  const exit = { reason: 'force_close', by: 'operator', price: '50000' } as const;

  async function open() {
    const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
    const { signalId, deploymentId } = signal;
    expect(await harness.enter(signal)).toMatchObject({ entry: { outcome: 'opened' } });
    const { id: tradeId } = await findTradeOf(harness.db, { signalId, deploymentId });
    return { tradeId, deploymentId };
  }

  const exitOf = async (tradeId: TradeRecord['id']) =>
    (await listOrders(harness.db, tradeId)).findLast(({ leg }) => leg === 'exit');

  test('do not keep a key from being used', async () => {
    const { tradeId } = await open();
    expect(await closePosition(later(DAYS_MS), { tradeId }, exit)).not.toBeNull();
    const closed = await exitOf(tradeId);
    expect(closed).toMatchObject({ status: 'filled', revision: 0 });
    expect(closed?.nonce).toBeLessThan(Date.now() + A_MINUTE_MS);
  });

  test('leave a key usable that has drawn from them', async () => {
    const { tradeId, deploymentId } = await open();
    await harness.db.tradingKey.updateMany({
      where: { deploymentId },
      data: { lastNonce: BigInt(Date.now() + DAYS_MS) },
    });
    expect(await closePosition(harness.execution, { tradeId }, exit)).not.toBeNull();
    expect(await exitOf(tradeId)).toMatchObject({ status: 'filled', revision: 0 });
  });

  test('leave an order to be sent again whose nonce the venue refused', async () => {
    const { tradeId, deploymentId } = await open();
    // The venue takes it neither now nor in this minute, and the books cannot tell.
    await harness.db.tradingKey.updateMany({
      where: { deploymentId },
      data: { lastNonce: BigInt(Date.now() + 86_400_000 + A_MINUTE_MS / 2) },
    });
    expect(await closePosition(later(A_MINUTE_MS), { tradeId }, exit)).not.toBeNull();
    expect(await exitOf(tradeId)).toMatchObject({ status: 'filled', revision: 0 });
  });
});
