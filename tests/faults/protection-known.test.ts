import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adjustBarriers } from '#activities/execution/adjust-barriers.ts';
import { closePosition } from '#activities/execution/close-position.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { fireTarget } from '#activities/execution/fire-target.ts';
import { openPosition } from '#activities/execution/open-position.ts';
import { protectPosition } from '#activities/execution/protect-position.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import { trailStop } from '#activities/execution/trail-stop.ts';
import { loadContext } from '#activities/execution/context.ts';
import { createWatchActivities } from '#activities/watching/activities.ts';
import { judge, newLiveWatch, updateLiveWatch } from '#activities/watching/live-watch.ts';
import type { Barriers } from '#domain/barriers.ts';
import type { BarrierPart } from '#domain/parse-barriers.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import type { OrderLeg } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { listWatchChanges, saveSeen } from '#prisma/repositories/watches.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import { clientOrderId } from '#venues/hyperliquid/orders/client-order-id.ts';
import type { VenueOpenOrder } from '#venues/venue.ts';
import { startRoutingHarness, type RoutingHarness } from '../support/routing-harness.ts';
import { accountOf } from '../support/trading-system.ts';

const PRICE = 50_000;
const LADDER: Barriers = {
  stopLoss: { pct: 4 },
  takeProfits: [
    { pct: 2, fraction: 0.5 },
    { pct: 4, fraction: 0.5 },
  ],
};

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
});
beforeEach(async () => {
  setPrice(PRICE);
  await harness.refresh();
});
afterEach(() => {
  harness.dieAt.clear();
  harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
});
afterAll(() => harness?.stop());

const setPrice = (price: number) => harness.sandboxes.hyperliquid.setPrice('BTC', price);
const fail = (fault: Fault) => harness.sandboxes.hyperliquid.control({ type: 'fault', fault });

/** Does a step again after the process died in it, as Temporal would. */
async function untilDone<Result>(step: () => Promise<Result>): Promise<Result> {
  try {
    return await step();
  } catch (error) {
    if (!String(error).includes('died at')) throw error;
    return step();
  }
}

/** Enters a trade and protects it, step by step as its workflow would. */
async function enter(barriers: Barriers = LADDER): Promise<TradeId> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const signal = await harness.signal(deployment, { barriers });
  const planned = await untilDone(() => harness.enter(signal));
  if (planned.outcome !== 'planned') throw new Error(planned.text);
  const { tradeId } = planned;
  const entry = planned.entry ?? (await untilDone(() => openPosition(harness.execution, { tradeId })));
  if (entry.outcome !== 'opened') throw new Error(entry.text);
  if (!entry.protected) await untilDone(() => protectPosition(harness.execution, { tradeId }));
  await createWatchActivities(harness.execution).armWatch({ tradeId });
  return tradeId;
}

/** The venue has long shown everything that was done about the orders. */
const age = (tradeId: TradeId) =>
  harness.db.order.updateMany({ where: { tradeId }, data: { answeredAt: new Date(Date.now() - 60_000) } });

/** The owner moves the first order of a leg where the venue shows it. */
async function moveByHand(tradeId: TradeId, leg: OrderLeg, triggerPrice: string): Promise<void> {
  await age(tradeId);
  const { session, plan } = await loadContext(harness.execution, tradeId);
  const order = (await listOrders(harness.db, tradeId)).find(
    (each) => each.leg === leg && each.legNumber <= 1,
  );
  if (!order) throw new Error(`no ${leg}`);
  const moved = { ...order, instrument: plan.instrument, triggerPrice };
  const nonce = await session.nextNonce();
  const outcome = await session.venue.execution.modify(session.account, order.clientOrderId, moved, {
    nonce,
  });
  expect(outcome.kind).toBe('confirmed');
}

/** The owner takes the stop back at the venue. */
async function takeStopBack(tradeId: TradeId): Promise<void> {
  await age(tradeId);
  const { session, plan } = await loadContext(harness.execution, tradeId);
  const stop = (await listOrders(harness.db, tradeId)).find(({ leg }) => leg === 'stop');
  if (!stop) throw new Error('no stop');
  const nonce = await session.nextNonce();
  await session.venue.execution.cancel(session.account, plan.instrument, [stop.clientOrderId], { nonce });
}

const review = (tradeId: TradeId) => untilDone(() => reviewPosition(harness.execution, { tradeId }));

async function close(tradeId: TradeId): Promise<void> {
  await untilDone(() =>
    closePosition(harness.execution, { tradeId }, { reason: 'force_close', by: 'a person', price: null }),
  );
  await untilDone(() => confirmExit(harness.execution, { tradeId }));
}

async function watchOf(tradeId: TradeId): Promise<WatchRecord> {
  const all = await listWatchChanges(harness.db, { venue: 'hyperliquid', after: 0n, limit: 1_000 });
  const watch = all.find((each) => each.tradeId === tradeId);
  if (!watch) throw new Error('the trade has no watch');
  return watch;
}

async function restingOf(tradeId: TradeId): Promise<VenueOpenOrder[]> {
  const { accountId } = await getTrade(harness.db, tradeId);
  const venue = harness.execution.venues.get('hyperliquid');
  return venue ? venue.accounts.openOrders(accountId) : [];
}

/** An entry that fills in part is filled a little off, and its levels with it. */
const rounded = (price: string | null | undefined): number => Math.round(Number(price) / 10) * 10;

/** Books and venue say alike that the whole position has one stop, at this price, and these targets. */
async function expectProtected(tradeId: TradeId, stopPrice: number, targets: number[]): Promise<void> {
  const [trade, resting, orders] = await Promise.all([
    getTrade(harness.db, tradeId),
    restingOf(tradeId),
    listOrders(harness.db, tradeId),
  ]);
  const stop = orders.findLast(({ leg }) => leg === 'stop');
  const [atVenue, ...others] = resting.filter((each) => each.clientOrderId === stop?.clientOrderId);
  expect(others).toEqual([]);
  expect(atVenue).toMatchObject({ size: trade.remainingSize });
  const { triggerPrice } = atVenue ?? {};
  expect([trade.stopPrice, stop?.triggerPrice]).toEqual([triggerPrice, triggerPrice]);
  expect(rounded(triggerPrice)).toBe(stopPrice);
  const prices = resting.filter((each) => each !== atVenue).map((each) => rounded(each.triggerPrice));
  expect(prices.toSorted((a, b) => a - b)).toEqual(targets);
  expect((await watchOf(tradeId)).levels.restingTargets).toHaveLength(targets.length);
  expect(await harness.db.trade.findUnique({ where: { id: tradeId } })).toMatchObject({
    unprotectedSince: null,
  });
}

const accountNow = async (tradeId: TradeId) =>
  accountOf(harness.sandboxes.hyperliquid.state(), (await getTrade(harness.db, tradeId)).accountId);

async function expectFlat(tradeId: TradeId, fills: number): Promise<void> {
  const account = await accountNow(tradeId);
  expect(account).toMatchObject({ openOrders: 0, fills });
  expect(Number(account.unrealisedPnl)).toBe(0);
  const live = (await listOrders(harness.db, tradeId)).filter(
    ({ status }) => !['filled', 'canceled', 'rejected'].includes(status),
  );
  expect(live).toEqual([]);
}

const ENTRY_STEPS = ['entry.before_send', 'entry.after_send', 'entry.after_store', 'entry.after_open'];
const OWN_STEPS = ['cancel', 'stop', 'take_profit'].flatMap((leg) =>
  ['before_send', 'after_send', ...(leg === 'cancel' ? [] : ['after_store'])].map((step) => `${leg}.${step}`),
);

describe('a worker that dies while it enters', () => {
  test.each(ENTRY_STEPS)('at %s: stop and targets came with the entry, and are there once', async (step) => {
    harness.dieAt.add(step);
    const tradeId = await enter();
    expect(harness.dieAt.size).toBe(0);
    await expectProtected(tradeId, 48_000, [51_000, 52_000]);
    expect(await accountNow(tradeId)).toMatchObject({ fills: 1, openOrders: 3 });
  });

  test.each([...ENTRY_STEPS, ...OWN_STEPS])(
    'at %s of an entry that fills in part: each is placed once, for what was filled',
    async (step) => {
      fail({ kind: 'partialFill', fraction: 0.5 });
      harness.dieAt.add(step);
      const tradeId = await enter();
      expect(harness.dieAt.size).toBe(0);
      await expectProtected(tradeId, 48_000, [51_000, 52_000]);
      expect(await accountNow(tradeId)).toMatchObject({ fills: 1, openOrders: 3 });
    },
  );
});

/** An entry that fills in part while the process dies at a step. */
async function dieEntering(step: string): Promise<TradeId> {
  fail({ kind: 'partialFill', fraction: 0.5 });
  harness.dieAt.add(step);
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), { barriers: LADDER });
  await harness.enter(signal);
  const { id } = await harness.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
  return asId<TradeId>(id);
}

test('the stop of an entry that filled in part rests before anything else is booked', async () => {
  const tradeId = await dieEntering('entry.after_open');
  const { entrySize } = await getTrade(harness.db, tradeId);
  expect(await restingOf(tradeId)).toMatchObject([{ size: entrySize, reduceOnly: true }]);
});

test('a step that is run again places the stop that the one before it left out', async () => {
  const tradeId = await dieEntering('entry.after_store');
  fail({ kind: 'http', status: 429, action: 'order' });
  harness.dieAt.add('entry.after_open');
  await expect(openPosition(harness.execution, { tradeId })).rejects.toThrow('died at');
  expect(await restingOf(tradeId)).toEqual([]);
  expect(await openPosition(harness.execution, { tradeId })).toMatchObject({ protected: true });
  expect(await restingOf(tradeId)).toHaveLength(3);
});

test('a stop whose request never arrived is sent again, and not taken for a resting one', async () => {
  fail({ kind: 'partialFill', fraction: 0.5 });
  harness.dieAt.add('stop.before_send');
  const tradeId = await enter({ stopLoss: { pct: 4 } });
  await expectProtected(tradeId, 48_000, []);
  setPrice(47_900);
  expect(await reviewPosition(harness.execution, { tradeId })).toMatchObject({ closedBy: 'stop_loss' });
});

test('the stop of a paused trade goes to break-even once it is resumed', async () => {
  const tradeId = await enter({ ...LADDER, breakEven: { afterTakeProfit: 1, offsetPct: 0 } });
  const { pauseWatch, resumeWatch } = createWatchActivities(harness.execution);
  await pauseWatch({ tradeId, by: 'a person' });
  setPrice(51_100);
  await review(tradeId);
  await expectProtected(tradeId, 48_000, [52_000]);
  await resumeWatch({ tradeId, by: 'a person' });
  await review(tradeId);
  await expectProtected(tradeId, 50_000, [52_000]);
});

describe('a worker that dies while it moves a stop', () => {
  test.each(['stop.before_move', 'stop.after_move', 'stop.after_move_store'])(
    'at %s: what the books then say of the stop is what the venue has, and it is not loosened',
    async (step) => {
      const tradeId = await enter({ ...LADDER, trailing: [{ activatesAtPct: 1, distancePct: 1 }] });
      setPrice(50_900);
      harness.dieAt.add(step);
      await expect(trailStop(harness.execution, await watchOf(tradeId), '50391')).rejects.toThrow(step);
      await review(tradeId);
      await expectProtected(tradeId, step === 'stop.before_move' ? 48_000 : 50_390, [51_000, 52_000]);
      await trailStop(harness.execution, await watchOf(tradeId), '50391');
      await expectProtected(tradeId, 50_390, [51_000, 52_000]);
    },
  );

  test('a move that landed without its answer is booked where it landed, before the size is changed', async () => {
    const tradeId = await enter({ ...LADDER, trailing: [{ activatesAtPct: 1, distancePct: 1 }] });
    fail({ kind: 'loseAnswer', action: 'modify' });
    harness.dieAt.add('stop.after_move');
    setPrice(50_900);
    await expect(trailStop(harness.execution, await watchOf(tradeId), '50391')).rejects.toThrow('died');
    setPrice(51_100);
    await review(tradeId);
    await expectProtected(tradeId, 50_390, [52_000]);
  });
});

describe('a worker that dies while it ends a trade', () => {
  const steps = ['exit.after_claim', 'exit.before_send', 'exit.after_send', 'exit.after_store', 'exit.flat'];
  test.each([...steps, 'cancel.before_send', 'cancel.after_send'])(
    'at %s: it is closed once, and no order of it is left',
    async (step) => {
      const tradeId = await enter();
      harness.dieAt.add(step);
      await close(tradeId);
      expect(harness.dieAt.size).toBe(0);
      await expectFlat(tradeId, 2);
    },
  );

  test.each(['exit.before_send', 'exit.after_send', 'exit.after_store'])(
    'at %s of an exit that fills in part: what is left is closed too',
    async (step) => {
      const tradeId = await enter();
      fail({ kind: 'partialFill', fraction: 0.5 });
      harness.dieAt.add(step);
      await close(tradeId);
      await expectFlat(tradeId, 3);
    },
  );

  test('a stop that was written down and perhaps sent cannot come alive afterwards', async () => {
    const tradeId = await enter();
    await takeStopBack(tradeId);
    harness.dieAt.add('stop.before_send');
    await expect(reviewPosition(harness.execution, { tradeId })).rejects.toThrow('died at');
    const lost = (await listOrders(harness.db, tradeId)).find(({ status }) => status === 'submitting');
    await close(tradeId);
    await expectFlat(tradeId, 2);
    const log = JSON.stringify(harness.sandboxes.hyperliquid.control({ type: 'orderLog' }));
    expect(log).toContain(`"nonce":${lost?.nonce}`);
  });
});

describe('a take profit that does not rest', () => {
  test('because its request was lost is placed again by the review', async () => {
    fail({ kind: 'partialFill', fraction: 0.5 });
    harness.dieAt.add('take_profit.before_send');
    const deployment = await harness.deploy({ hyperliquid: '10000' });
    const { tradeId } = await harness.enter(await harness.signal(deployment, { barriers: LADDER }));
    if (tradeId === null) throw new Error('the trade was not planned');
    await createWatchActivities(harness.execution).armWatch({ tradeId });
    expect((await watchOf(tradeId)).levels.restingTargets).toEqual([]);
    await review(tradeId);
    await expectProtected(tradeId, 48_000, [51_000, 52_000]);
  });

  test('because it was cancelled there is placed again, at the size that is left', async () => {
    const tradeId = await enter();
    harness.sandboxes.hyperliquid.control({
      type: 'cancelAll',
      address: (await getTrade(harness.db, tradeId)).accountId,
    });
    await age(tradeId);
    await review(tradeId);
    await expectProtected(tradeId, 48_000, [51_000, 52_000]);
  });

  test('because the venue refused it is told, and closed at the market when the price is there', async () => {
    const tradeId = await enter();
    const { accountId, remainingSize } = await getTrade(harness.db, tradeId);
    harness.sandboxes.hyperliquid.control({ type: 'cancelAll', address: accountId });
    fail({ kind: 'refuse', error: 'No words for it', cloid: clientOrderId(tradeId, 'take_profit', 1, 1) });
    await age(tradeId);
    await review(tradeId);
    await expectProtected(tradeId, 48_000, [52_000]);
    expect(
      await harness.db.tradeEvent.findFirst({ where: { tradeId, type: 'target_refused' } }),
    ).not.toBeNull();
    const watch = newLiveWatch(await watchOf(tradeId));
    expect(judge(watch, '51005', Date.now())).toMatchObject({ do: 'takeProfit', leg: 1 });
    setPrice(51_005);
    harness.dieAt.add('take_profit.after_send');
    const target = { leg: 1, price: '51005' };
    expect(await untilDone(() => fireTarget(harness.execution, { tradeId }, target))).toBe('done');
    expect(await fireTarget(harness.execution, { tradeId }, target)).toBe('done');
    await review(tradeId);
    await expectProtected(tradeId, 48_000, [52_000]);
    expect(Number((await getTrade(harness.db, tradeId)).remainingSize)).toBe(Number(remainingSize) / 2);
  });

  test('is not fired where it rests after all', async () => {
    const tradeId = await enter();
    expect(await fireTarget(harness.execution, { tradeId }, { leg: 1, price: '51000' })).toBe('rests');
    expect(await accountNow(tradeId)).toMatchObject({ fills: 1 });
  });
});

describe('what was moved at the venue by somebody else', () => {
  test('as a stop is booked and told, and the next change of its size does not loosen it', async () => {
    const tradeId = await enter();
    await moveByHand(tradeId, 'stop', '49500');
    setPrice(51_100);
    await review(tradeId);
    await expectProtected(tradeId, 49_500, [52_000]);
    const line = await harness.db.tradeEvent.findFirst({ where: { tradeId, type: 'moved_at_venue' } });
    expect(line?.text).toContain('49500');
  });

  test('as a target is booked and told, and left where it is', async () => {
    const tradeId = await enter();
    await moveByHand(tradeId, 'take_profit', '53000');
    await review(tradeId);
    await expectProtected(tradeId, 48_000, [52_000, 53_000]);
    expect((await watchOf(tradeId)).levels.barriers.targets).toMatchObject([{ price: '53000' }, {}]);
  });
});

describe('other exits at a person’s word', () => {
  const adjust = (
    tradeId: TradeId,
    barriers: Barriers,
    { request = null, none = [] }: { request?: string | null; none?: readonly BarrierPart[] } = {},
  ) =>
    untilDone(() => adjustBarriers(harness.execution, { tradeId, barriers, none, by: 'a person', request }));

  test('change the time limit, and take it away', async () => {
    const tradeId = await enter({ ...LADDER, timeLimitMs: 3_600_000 });
    const { openedAt } = await getTrade(harness.db, tradeId);
    await adjust(tradeId, { ...LADDER, timeLimitMs: 60_000 });
    expect(await watchOf(tradeId)).toMatchObject({ timeLimitAt: (openedAt ?? 0) + 60_000 });
    await adjust(tradeId, LADDER);
    expect(await watchOf(tradeId)).toMatchObject({ timeLimitAt: (openedAt ?? 0) + 60_000 });
    await adjust(tradeId, {}, { none: ['timeLimitMs'] });
    expect(await watchOf(tradeId)).toMatchObject({ timeLimitAt: null });
    await expect(adjust(tradeId, { ...LADDER, timeLimitMs: 1 })).rejects.toThrow('at once');
  });

  test('after a target has filled, rest all of their targets, at no more than what is left', async () => {
    const tradeId = await enter({ ...LADDER, breakEven: { afterTakeProfit: 1, offsetPct: -1 } });
    setPrice(51_100);
    await review(tradeId);
    await expectProtected(tradeId, 49_500, [52_000]);
    const takeProfits = [
      { pct: 5, fraction: 0.25 },
      { pct: 6, fraction: 0.75 },
    ];
    expect(await adjust(tradeId, { stopLoss: { pct: 3 }, takeProfits })).toMatchObject({
      takeProfitsFilled: 0,
    });
    await expectProtected(tradeId, 48_500, [52_500, 53_000]);
    const targets = (await restingOf(tradeId)).filter(({ triggerPrice }) => Number(triggerPrice) > 50_000);
    const { remainingSize } = await getTrade(harness.db, tradeId);
    expect(targets.reduce((sum, { size }) => sum + Number(size), 0)).toBeCloseTo(Number(remainingSize), 9);
    setPrice(53_100);
    expect(await review(tradeId)).toMatchObject({ closedBy: 'take_profit' });
  });

  test('are not undone by a trail that was decided under the earlier ones', async () => {
    const tradeId = await enter({ ...LADDER, trailing: [{ activatesAtPct: 1, distancePct: 1 }] });
    setPrice(50_900);
    const before = await watchOf(tradeId);
    await adjust(tradeId, { stopLoss: { pct: 6 } }, { none: ['trailing', 'takeProfits'] });
    expect(await trailStop(harness.execution, before, '50391')).toMatchObject({ code: 'superseded' });
    await expectProtected(tradeId, 47_000, []);
    expect((await watchOf(tradeId)).levels.barriers).toMatchObject({ trailing: [], targets: [] });
  });

  test('with another trail start it at the price of now, also for a watcher that comes later', async () => {
    const tradeId = await enter({ stopLoss: { pct: 4 }, trailing: [{ activatesAtPct: 1, distancePct: 3 }] });
    const watch = newLiveWatch(await watchOf(tradeId));
    judge(watch, '52000', Date.now());
    setPrice(51_000);
    await adjust(tradeId, { stopLoss: { pct: 4 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] });
    const record = await watchOf(tradeId);
    updateLiveWatch(watch, record);
    for (const each of [watch, newLiveWatch(record)]) {
      expect(each).toMatchObject({ peak: '51000', trail: '50490' });
      expect(judge(each, '51000', Date.now())).toEqual({ do: 'moveStop', to: '50490' });
    }
    const stale = { tradeId, until: Date.now() + 1_000, peak: '52000', trail: '50440', trailRevision: 0 };
    await saveSeen(harness.db, [stale]);
    expect((await watchOf(tradeId)).levels.seen).toMatchObject({ peak: '51000' });
  });

  test('that would act at once are refused, and change nothing', async () => {
    const tradeId = await enter();
    setPrice(50_600);
    const passed: Barriers = { stopLoss: { pct: 4 }, takeProfits: [{ pct: 1, fraction: 1 }] };
    await expect(adjust(tradeId, passed)).rejects.toThrow(/a target at 50\d+ would fire at once/);
    setPrice(48_500);
    await expect(adjust(tradeId, { stopLoss: { pct: 2 } })).rejects.toThrow(
      /a stop at .+ would fire at once/,
    );
    await expectProtected(tradeId, 48_000, [51_000, 52_000]);
    await closePosition(
      harness.execution,
      { tradeId },
      { reason: 'force_close', by: 'a person', price: null },
    );
    await expect(adjust(tradeId, { stopLoss: { pct: 5 } })).rejects.toThrow('its exit has begun');
  });

  test.each([
    'adjust.after_stop',
    'adjust.after_save',
    'stop.after_move',
    'cancel.before_send',
    'cancel.after_send',
    'take_profit.before_send',
    'take_profit.after_send',
  ])('are set once although the worker dies at %s', async (step) => {
    const tradeId = await enter();
    harness.dieAt.add(step);
    await adjust(
      tradeId,
      { stopLoss: { pct: 5 }, takeProfits: [{ pct: 7, fraction: 1 }] },
      { request: 'one request' },
    );
    expect(harness.dieAt.size).toBe(0);
    await expectProtected(tradeId, 47_500, [53_500]);
    expect((await watchOf(tradeId)).levels.revision).toBe(1);
    expect(await harness.db.auditLog.count({ where: { subject: `trade/${tradeId}` } })).toBe(1);
  });
});

describe('readings that are older than the last move of the stop', () => {
  const stopOf = async (tradeId: TradeId) => (await getTrade(harness.db, tradeId)).stopPrice;

  test('a move without an answer is not taken for undone', async () => {
    const tradeId = await enter({ stopLoss: { pct: 4 } });
    const watch = await watchOf(tradeId);
    setPrice(51_000);
    fail({ kind: 'loseAnswer', action: 'modify' });
    for (const action of ['openOrders', 'status'] as const)
      fail({ kind: 'stale', ms: 60_000, action, durationMs: 60_000 });
    await expect(trailStop(harness.execution, watch, '50391')).rejects.toThrow('may not show yet');
    expect(await stopOf(tradeId)).toBe('48000');
    harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
    await review(tradeId);
    expect(await stopOf(tradeId)).toBe('50391');
  });

  test('a looser stop is not booked before readings must show the last move', async () => {
    const tradeId = await enter({ stopLoss: { pct: 4 } });
    await moveByHand(tradeId, 'stop', '47000');
    const recently = new Date(Date.now() - 20_000);
    await harness.db.order.updateMany({ where: { tradeId }, data: { answeredAt: recently } });
    const told = () => harness.db.tradeEvent.count({ where: { tradeId, type: 'moved_at_venue' } });
    await review(tradeId);
    expect(await told()).toBe(0);
    await age(tradeId);
    await review(tradeId);
    expect(await told()).toBe(1);
    expect(await stopOf(tradeId)).toBe('48000');
  });
});
