import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openPlanned } from '#activities/execution/open-position.ts';
import type { ExecutionDeps } from '#activities/execution/context.ts';
import { createOrderDesk } from '#activities/execution/order-desk/index.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { findTradeOf, getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import { startRoutingRig, type RigSignal, type RoutingRig } from '#tests/support/routing-rig.ts';
import { accountOf } from '#tests/support/trading-system.ts';

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

const A_YEAR_MS = 365 * 86_400_000;

/** An attempt that wrote its entry down and stalled there, and the nonce it holds. */
async function stalled(): Promise<{ signal: RigSignal; trade: TradeRecord; nonce: number | null }> {
  const signal = await rig.signal(await rig.deploy({ hyperliquid: '10000' }), {});
  rig.dieAt.add('entry.before_send');
  await rig.enter(signal);
  const { signalId, deploymentId } = signal;
  const trade = await findTradeOf(rig.db, { signalId, deploymentId });
  const [order] = await listOrders(rig.db, trade.id);
  return { signal, trade, nonce: order?.nonce ?? null };
}

/** What sends orders after the signal has expired. */
function afterExpiry(): ExecutionDeps {
  const deps = { ...rig.execution, now: () => Date.now() + A_YEAR_MS };
  return { ...deps, orderDesk: createOrderDesk(deps) };
}

const fills = ({ walletAddress }: RigSignal): number =>
  accountOf(rig.sandboxes.hyperliquid.state(), walletAddress).fills;

test.each([
  ['has opened the position', []],
  ['has sent the entry and died', ['entry.after_send']],
])('a stalled attempt that comes back late concludes the one that %s', async (_what, deaths) => {
  const { signal, trade, nonce } = await stalled();
  deaths.forEach((step) => rig.dieAt.add(step));
  await rig.enter(signal);
  expect(fills(signal)).toBe(1);
  expect(await openPlanned(afterExpiry(), trade, nonce)).toMatchObject({
    outcome: 'opened',
    protected: true,
  });
  expect(await getTrade(rig.db, trade.id)).toMatchObject({ phase: 'open', refusal: null });
  expect(fills(signal)).toBe(1);
});

test('a stalled attempt that owns its entry calls it stale', async () => {
  const { signal, trade, nonce } = await stalled();
  expect(await openPlanned(afterExpiry(), trade, nonce)).toMatchObject({ outcome: 'refused', code: 'stale' });
  expect(fills(signal)).toBe(0);
});
