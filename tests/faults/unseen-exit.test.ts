import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { fireTarget } from '#activities/execution/fire-target.ts';
import type { Barriers } from '#domain/barriers.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { byHand } from '#tests/support/by-hand.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';
import { accountOf, until } from '#tests/support/trading-system.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterEach(() => harness.sandboxes.hyperliquid.control({ type: 'clearFaults' }));
afterAll(() => harness?.stop());

const A_MINUTE_MS = 60_000;
const OWNER_HOLDS = '0.05';

const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

/** A long of BTC beside one of the account's owner, whose readings tell of nothing that comes from now on. */
async function openBesideOwner(barriers: Barriers): Promise<TradeRecord> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const entered = await harness.enter(await harness.signal(deployment, { barriers }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  await hand.buy('BTC', OWNER_HOLDS, 50_500);
  fail({ kind: 'stale', action: 'info', ms: A_MINUTE_MS, durationMs: A_MINUTE_MS });
  return getTrade(harness.db, entered.tradeId);
}

const fillsOf = ({ accountId }: TradeRecord): number =>
  accountOf(harness.sandboxes.hyperliquid.state(), accountId).fills;

async function heldOf({ accountId }: TradeRecord): Promise<string | undefined> {
  const { positions } = await harness.execution.venues.get('hyperliquid')!.accounts.account(accountId);
  return positions[0]?.size;
}

/** Resolves once the account has been read so many times more. */
async function looks(count: number): Promise<void> {
  const from = harness.asked.length;
  await until(`${count} looks at the account`, async () => harness.asked.length >= from + count);
}

const exitsOf = async ({ id }: TradeRecord) =>
  (await listOrders(harness.db, id)).filter(({ kind, reduceOnly }) => kind === 'ioc' && reduceOnly);

test('a closing order that landed and is not shown is not sent again until readings tell of a later time', async () => {
  const trade = await openBesideOwner({ stopLoss: { pct: 5 } });
  const before = fillsOf(trade);
  fail({ kind: 'loseAnswer', action: 'order' });
  await closePosition(
    harness.execution,
    { tradeId: trade.id },
    { reason: 'force_close', by: 'ada', price: '50000' },
  );
  expect(await exitsOf(trade)).toMatchObject([{ status: 'rejected', code: 'not_accepted' }]);
  const confirmed = confirmExit(harness.execution, { tradeId: trade.id });
  await looks(4);
  expect(fillsOf(trade)).toBe(before + 1);
  harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
  expect(await confirmed).toEqual({ reason: 'force_close' });
  expect(await exitsOf(trade)).toHaveLength(1);
  expect(fillsOf(trade)).toBe(before + 1);
  expect(await heldOf(trade)).toBe(OWNER_HOLDS);
});

test('a fired target that landed and is not shown is not sent again until readings tell of a later time', async () => {
  const trade = await openBesideOwner({
    stopLoss: { pct: 5 },
    takeProfits: [{ price: '51000', fraction: 0.5 }],
  });
  const tradeId = trade.id;
  // As if the venue had let go of the target that rests there.
  await harness.db.order.updateMany({ where: { tradeId, leg: 'take_profit' }, data: { status: 'canceled' } });
  const before = fillsOf(trade);
  fail({ kind: 'loseAnswer', action: 'order' });
  for (const _turn of [1, 2]) {
    expect(await fireTarget(harness.execution, { tradeId }, { leg: 1, price: '51000' })).toBe('later');
    expect(fillsOf(trade)).toBe(before + 1);
  }
});
