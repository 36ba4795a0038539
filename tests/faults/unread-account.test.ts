import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alarmIfUnread } from '#activities/execution/alarm-if-unread.ts';
import { closePosition } from '#activities/execution/close-position.ts';
import { loadContext, type ExecutionDeps } from '#activities/execution/context.ts';
import { syncWithVenue } from '#activities/execution/sync-position.ts';
import { checkUnreadCloses } from '#cli/doctor/unread-closes.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { startOstiumTrades, type OstiumTrades } from '#tests/support/ostium-trades.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';

const A_MINUTE_MS = 60_000;
const STOP = { stopLoss: { pct: 5 } };
const request = { reason: 'force_close', by: 'ada', price: null } as const;

/** Takes a step of a close, by a clock that is ahead: it fails, since the venue cannot be read. */
type StepInVain = (deps: ExecutionDeps, tradeId: TradeRecord['id']) => Promise<unknown>;

async function inVain({ execution, trade, step }: CloseInDoubt, aheadMs: number): Promise<void> {
  const deps = { ...execution, now: () => Date.now() + aheadMs };
  const tradeId = trade.id;
  await expect(alarmIfUnread(deps, { tradeId }, () => step(deps, tradeId))).rejects.toBeInstanceOf(Error);
}

interface CloseInDoubt {
  execution: ExecutionDeps;
  trade: TradeRecord;
  step: StepInVain;
}

/** Expects an alarm about a close of which nobody knows whether it has happened, once a minute has passed. */
async function expectAlarm(close: CloseInDoubt): Promise<void> {
  const { execution, trade } = close;
  const { db } = execution;
  const alarms = () => db.tradeEvent.findMany({ where: { tradeId: trade.id, type: 'account_unread' } });
  await inVain(close, 0);
  expect(await getTrade(db, trade.id)).toMatchObject({ phase: 'closing' });
  expect(await alarms()).toEqual([]);
  expect(await checkUnreadCloses(db)).toEqual([]);
  for (const aheadMs of [A_MINUTE_MS + 1, A_MINUTE_MS + 2]) await inVain(close, aheadMs);
  const [alarm, ...others] = await alarms();
  expect(others).toEqual([]);
  expect(alarm?.text).toMatch(/^ALARM: the account at .* could not be read/);
  const longAgo = new Date(Date.now() - 2 * A_MINUTE_MS);
  await db.trade.update({ where: { id: trade.id }, data: { exitClaimedAt: longAgo } });
  await db.position.updateMany({ where: { accountId: trade.accountId }, data: { confirmedAt: longAgo } });
  const [finding] = await checkUnreadCloses(db);
  expect(finding).toMatchObject({ status: 'broken', detail: expect.stringContaining(trade.id) });
  expect(finding?.detail).toContain(trade.accountId);
}

describe('an account that cannot be read while a close of it is in doubt is an alarm', () => {
  let hyperliquid: RoutingHarness;
  let ostium: OstiumTrades;
  beforeAll(async () => {
    [hyperliquid, ostium] = await Promise.all([startRoutingHarness(), startOstiumTrades()]);
    hyperliquid.sandboxes.hyperliquid.setPrice('BTC', 50_000);
    await hyperliquid.refresh();
  });
  afterAll(async () => {
    await Promise.all([hyperliquid?.stop(), ostium?.stop()]);
  });

  test('at Hyperliquid', async () => {
    const deployment = await hyperliquid.deploy({ hyperliquid: '10000' });
    const entered = await hyperliquid.enter(await hyperliquid.signal(deployment, { barriers: STOP }));
    if (entered.outcome !== 'planned') throw new Error(entered.text);
    const trade = await getTrade(hyperliquid.db, entered.tradeId);
    const { hyperliquid: sandbox } = hyperliquid.sandboxes;
    sandbox.control({ type: 'fault', fault: { kind: 'loseAnswer', action: 'order' } });
    const durationMs = 10 * A_MINUTE_MS;
    sandbox.control({ type: 'fault', fault: { kind: 'http', status: 500, action: 'info', durationMs } });
    const step: StepInVain = (deps, tradeId) => closePosition(deps, { tradeId }, request);
    await expectAlarm({ execution: hyperliquid.execution, trade, step });
  });

  test('at Ostium', async () => {
    const { trade } = await ostium.open(STOP);
    const { sandbox } = ostium.ostium;
    await closePosition(ostium.execution, { tradeId: trade.id }, request);
    await sandbox.control.fault({ kind: 'rpcStatus', status: 500, count: 1_000 });
    const step: StepInVain = async (deps, tradeId) => syncWithVenue(deps, await loadContext(deps, tradeId));
    await expectAlarm({ execution: ostium.execution, trade, step });
  });
});
