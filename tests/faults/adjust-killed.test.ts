import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { adjustBarriers } from '#activities/execution/adjust-barriers.ts';
import { closePosition } from '#activities/execution/close-position.ts';
import { finishedBy } from '#activities/execution/conclude-adjustment.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { loadContext } from '#activities/execution/context.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import { trailStop } from '#activities/execution/trail-stop.ts';
import type { Barriers } from '#domain/barriers.ts';
import type { TradeId } from '#domain/ids.ts';
import { findBegunAdjustment, saveAdjustment } from '#prisma/repositories/adjustments.ts';
import { HoldLostError, withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { beginPause, endPause } from '#prisma/repositories/trade-changes.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { findWatch, saveWatch } from '#prisma/repositories/watches.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterEach(() => harness.dieAt.clear());
afterAll(() => harness?.stop());

const NARROW = { stopLoss: { price: '48000' } };
const WIDE = { stopLoss: { price: '45000' } };

/** An open long of BTC on watch, with a stop at 48,000. */
async function enter(barriers: Barriers = NARROW): Promise<TradeId> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const entered = await harness.enter(await harness.signal(deployment, { barriers }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  const { tradeId } = entered;
  const { barriers: resolved, symbol, side } = await getTrade(harness.db, tradeId);
  await saveWatch(harness.db, {
    tradeId,
    venue: 'hyperliquid',
    symbol,
    side,
    priceKind: 'mark',
    levels: {
      entryPrice: '50000',
      barriers: resolved!.levels,
      stop: { price: '48000', kind: 'stop_loss' },
      isStopResident: true,
      restingTargets: [],
      filledTargets: [],
    },
    armedAt: Date.now(),
    timeLimitAt: null,
  });
  return tradeId;
}

/** Asks for a stop at 45,000 in a process that dies at the step. */
async function adjustAndDieAt(step: string, tradeId: TradeId): Promise<void> {
  harness.dieAt.add(step);
  const asked = { tradeId, barriers: WIDE, by: 'ada', note: 'more room', request: 'one' };
  await expect(adjustBarriers(harness.execution, asked)).rejects.toThrow(step);
}

const audits = (tradeId: TradeId) =>
  harness.db.auditLog.findMany({ where: { subject: `trade/${tradeId}`, action: 'trade.adjust_barriers' } });

const eventTexts = async (tradeId: TradeId, type: string) =>
  (await harness.db.tradeEvent.findMany({ where: { tradeId, type } })).map(({ text }) => text);

async function expectInForce(tradeId: TradeId): Promise<void> {
  expect(await audits(tradeId)).toMatchObject([
    { actor: 'ada', before: NARROW, after: { ...WIDE, note: 'more room' } },
  ]);
  expect(await eventTexts(tradeId, 'adjusted')).toEqual([expect.stringMatching(/ada.*45000.*\(more room\)/)]);
  expect(await getTrade(harness.db, tradeId)).toMatchObject({ barriers: { policy: WIDE, revision: 1 } });
  expect(await findWatch(harness.db, tradeId)).toMatchObject({
    levels: { stop: { price: '45000' }, revision: 1 },
  });
  expect(await findBegunAdjustment(harness.db, tradeId)).toBeNull();
}

const DEATHS = ['stop.after_move', 'stop.after_move_store', 'adjust.after_stop'];

test.each(DEATHS)('exits whose process died at %s are completed by the next look', async (step) => {
  const tradeId = await enter();
  await adjustAndDieAt(step, tradeId);
  await reviewPosition(harness.execution, { tradeId });
  await expectInForce(tradeId);
  await adjustBarriers(harness.execution, { tradeId, barriers: WIDE, by: 'ada', request: 'one' });
  await expectInForce(tradeId);
});

test.each(DEATHS)('exits whose process died at %s are audited by the end of the trade', async (step) => {
  const tradeId = await enter();
  await adjustAndDieAt(step, tradeId);
  await closePosition(harness.execution, { tradeId }, { reason: 'force_close', by: 'bob', price: null });
  await confirmExit(harness.execution, { tradeId });
  expect(await audits(tradeId)).toHaveLength(1);
  expect(await findBegunAdjustment(harness.db, tradeId)).toBeNull();
});

test('a trail does not undo exits whose process died before they were written down', async () => {
  const tradeId = await enter();
  const watch = await findWatch(harness.db, tradeId);
  await adjustAndDieAt('adjust.after_stop', tradeId);
  expect(await trailStop(harness.execution, watch!, '49000')).toMatchObject({
    ok: false,
    code: 'superseded',
  });
  await expectInForce(tradeId);
});

test.each(['adjust.after_begin', 'stop.before_move'])(
  'exits whose process died at %s have changed nothing, which is told',
  async (step) => {
    const tradeId = await enter();
    await adjustAndDieAt(step, tradeId);
    await reviewPosition(harness.execution, { tradeId });
    expect(await getTrade(harness.db, tradeId)).toMatchObject({
      stopPrice: '48000',
      barriers: { policy: NARROW },
    });
    expect(await eventTexts(tradeId, 'adjustment_dropped')).toHaveLength(1);
    expect(await audits(tradeId)).toHaveLength(0);
  },
);

test('exits are not written down once somebody else holds the trade', async () => {
  const tradeId = await enter();
  const before = await getTrade(harness.db, tradeId);
  await withTradeLock(harness.db, tradeId, async (hold) => {
    const loaded = await loadContext(harness.execution, tradeId);
    await harness.db.tradeHold.update({ where: { tradeId }, data: { number: { increment: 1 } } });
    const begun = {
      policy: WIDE,
      levels: before.barriers!.levels,
      stopPrice: '45000',
      timeLimitAt: null,
      trailStart: null,
      by: 'ada',
      note: null,
      request: null,
    };
    const late = finishedBy({ ...loaded, session: loaded.session.under(hold) }, begun, '45000');
    await expect(saveAdjustment(harness.db, late)).rejects.toBeInstanceOf(HoldLostError);
  });
  expect(await getTrade(harness.db, tradeId)).toEqual(before);
  expect(await audits(tradeId)).toHaveLength(0);
});

test('a break-even that is due outlives other exits which name no stop', async () => {
  const tradeId = await enter({
    ...NARROW,
    takeProfits: [{ price: '51000', fraction: 0.5 }],
    breakEven: { afterTakeProfit: 1, offsetPct: 0 },
  });
  await beginPause(harness.db, tradeId, Date.now());
  harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
  expect(await reviewPosition(harness.execution, { tradeId })).toMatchObject({ takeProfitsFilled: 1 });
  await adjustBarriers(harness.execution, { tradeId, barriers: { timeLimitMs: 3_600_000 }, by: 'ada' });
  expect(await getTrade(harness.db, tradeId)).toMatchObject({ stopPrice: '48000' });
  await endPause(harness.db, tradeId);
  await reviewPosition(harness.execution, { tradeId });
  const { stopPrice, entryPrice } = await getTrade(harness.db, tradeId);
  expect(stopPrice).toBe(entryPrice);
});
