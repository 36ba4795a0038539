import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { billTrade } from '#activities/ledger/bill-trade.ts';
import { bookFills } from '#activities/ledger/book-fills.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { openPosition } from '#activities/execution/open-position.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import { closeKnown, closePosition } from '#activities/execution/close-position.ts';
import { createLedgerActivities } from '#activities/ledger/activities.ts';
import { createReconcileActivities } from '#activities/reconcile/activities.ts';
import { divideFills } from '#domain/divide-fills.ts';
import { asId, type AccountId, type VenueOrderId } from '#domain/ids.ts';
import { listChangesBy } from '#prisma/repositories/audit-log.ts';
import { readBilling } from '#prisma/repositories/bills.ts';
import { countFills, insertFills, listFills } from '#prisma/repositories/fills.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { flattenTrade } from '#prisma/repositories/trade-changes.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { VenueFill } from '#venues/venue.ts';
import { byHand, type ByHand } from '../support/by-hand.ts';
import { startRoutingHarness, type RoutingHarness } from '../support/routing-harness.ts';
import { accountOf } from '../support/trading-system.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterEach(() => {
  harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
});
afterAll(() => harness?.stop());

/** An open long of 0.02 BTC in an account whose owner trades too. */
async function open(): Promise<{ trade: TradeRecord; hand: ByHand }> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const entered = await harness.enter(await harness.signal(deployment, { symbol: 'BTC' }));
  if (entered.outcome !== 'planned') throw new Error(entered.text);
  await reviewPosition(harness.execution, entered);
  const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  return { trade: await getTrade(harness.db, entered.tradeId), hand };
}

async function close(trade: TradeRecord): Promise<void> {
  await closePosition(
    harness.execution,
    { tradeId: trade.id },
    { reason: 'force_close', by: 'owner', price: null },
  );
  await end(trade);
}

async function end({ id: tradeId }: TradeRecord): Promise<void> {
  await confirmExit(harness.execution, { tradeId });
  await settle({ id: tradeId });
}

async function settle({ id: tradeId }: Pick<TradeRecord, 'id'>): Promise<void> {
  await createLedgerActivities(harness.execution).settleTrade({ tradeId });
  await billTrade(harness.execution.db, { tradeId });
}

const hyperliquid = () => harness.execution.venues.get('hyperliquid')!;
const listedFills = ({ accountId }: TradeRecord) => hyperliquid().accounts.fillsSince(accountId, 0);
async function heldOf({ accountId }: TradeRecord): Promise<string> {
  const { positions } = await hyperliquid().accounts.account(accountId);
  return positions[0]?.size ?? '0';
}
const settled = ({ id }: TradeRecord) => harness.db.trade.findUniqueOrThrow({ where: { id } });
const totalOf = ({ accountId }: TradeRecord) => {
  const { accountValue, deposited } = accountOf(harness.sandboxes.hyperliquid.state(), accountId);
  return Number(accountValue) - Number(deposited);
};

/** Trades whose lifecycle the reconciler made sure of. */
const started: string[] = [];
const reconciling = () =>
  createReconcileActivities({
    ...harness.execution,
    messenger: { exitStarted: async () => undefined, fillsBooked: async () => undefined },
    lifecycles: {
      ensure: async ({ signalId }) => {
        started.push(signalId);
        return true;
      },
    },
  });

async function reconcile({ deploymentId }: TradeRecord, full = true): Promise<void> {
  const { listAccountsToReconcile, reconcileAccount } = reconciling();
  for (const account of await listAccountsToReconcile({ limit: 10, deploymentId }))
    await reconcileAccount({ account: full ? account : { ...account, fullAt: Date.now() }, full });
}

describe('where the owner trades beside us', () => {
  test('a stop that fired before the id of its entry was stored closes the trade of that entry', async () => {
    const { trade } = await open();
    await harness.db.order.updateMany({
      where: { tradeId: trade.id, leg: { in: ['entry', 'stop'] } },
      data: { venue: 'ostium', venueOrderId: null, reference: '7:0xabc' },
    });
    const told = {
      symbol: 'BTC',
      price: '50000',
      size: '0.02',
      feeUsd: '0',
      closedPnlUsd: '0',
      liquidation: false,
    };
    const [opening, closing] = [
      { ...told, side: 'buy', time: Date.now(), placedBy: '0xabc', venueFillId: '6', venueOrderId: '6' },
      { ...told, side: 'sell', time: Date.now(), placedBy: null, venueFillId: '9', venueOrderId: '6/stop' },
    ].map((fill) => ({
      ...fill,
      side: fill.side === 'buy' ? ('buy' as const) : ('sell' as const),
      clientOrderId: null,
      venueOrderId: asId<VenueOrderId>(fill.venueOrderId),
      positionId: asId<VenueOrderId>('6'),
    }));
    const account = asId<AccountId>(trade.accountId);
    await bookFills(harness.db, 'ostium', account, [opening!, { ...closing!, firedLeg: 'stop' }]);
    await bookFills(harness.db, 'ostium', account, [{ ...closing!, venueFillId: '10', firedLeg: 'stop' }]);
    const booked = await harness.db.fill.findMany({
      where: { venue: 'ostium', accountId: account },
      select: { tradeId: true, order: { select: { leg: true } } },
      orderBy: { venueFillId: 'asc' },
    });
    expect(booked).toEqual(['stop', 'entry', 'stop'].map((leg) => ({ tradeId: trade.id, order: { leg } })));
  });

  test('a close that was told before anybody knew of its entry is booked once the entry is known', async () => {
    const { trade } = await open();
    const entry = { tradeId: trade.id, leg: 'entry' as const };
    await harness.db.order.updateMany({
      where: { tradeId: trade.id },
      data: { venue: 'ostium', venueOrderId: null },
    });
    const closing: VenueFill = {
      symbol: 'BTC',
      side: 'sell',
      price: '51000',
      size: trade.entrySize ?? '',
      feeUsd: '0',
      closedPnlUsd: '0',
      liquidation: false,
      time: Date.now(),
      venueFillId: '9',
      clientOrderId: null,
      venueOrderId: asId<VenueOrderId>('16/take_profit'),
      positionId: asId<VenueOrderId>('16'),
    };
    const account = asId<AccountId>(trade.accountId);
    const tell = () => bookFills(harness.db, 'ostium', account, [closing]);
    expect(await tell()).toMatchObject([{ tradeId: null }]);
    expect(await tell()).toEqual([]);
    await harness.db.order.updateMany({ where: entry, data: { venueOrderId: '16' } });
    expect(await tell()).toMatchObject([{ tradeId: trade.id }]);
    expect(await tell()).toEqual([]);
    expect(await getTrade(harness.db, trade.id)).toMatchObject({ remainingSize: '0' });
  });

  test('what he added is neither closed nor booked nor billed', async () => {
    const { trade, hand } = await open();
    await hand.buy('BTC', '0.05', 50_500);
    expect(await reviewPosition(harness.execution, { tradeId: trade.id })).toMatchObject({
      remainingSize: trade.entrySize,
      closedBy: null,
    });
    harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
    await close(trade);
    expect(await heldOf(trade)).toBe('0.05');
    const { netPnlUsd, grossPnlUsd, exitReason } = await settled(trade);
    expect(exitReason).toBe('force_close');
    expect(Number(grossPnlUsd)).toBeCloseTo(Number(trade.entrySize) * 1_000, 0);
    const share = (await readBilling(harness.db, trade.id)).billed.find(
      ({ kind }) => kind === 'profit_share',
    );
    expect(Number(share?.amountUsd)).toBeCloseTo(Number(netPnlUsd) / 10, 5);
  });

  test('his closing of ours ends our part, and what he opened then is his', async () => {
    const { trade, hand } = await open();
    await hand.sell('BTC', trade.entrySize ?? '', 49_500);
    await hand.buy('BTC', '0.05', 50_500);
    await end(trade);
    expect(await heldOf(trade)).toBe('0.05');
    const { exitReason, grossPnlUsd, feesUsd, netPnlUsd } = await settled(trade);
    expect(exitReason).toBe('closed_at_venue');
    expect([Number(grossPnlUsd), Number(netPnlUsd)]).toEqual([0, -Number(feesUsd)]);
  });

  test('a close that is asked for before anybody heard of that sells nothing of his', async () => {
    const { trade, hand } = await open();
    await hand.sell('BTC', trade.entrySize ?? '', 49_500);
    await hand.buy('BTC', '0.05', 50_500);
    await close(trade);
    expect(await heldOf(trade)).toBe('0.05');
    expect((await listOrders(harness.db, trade.id)).filter(({ leg }) => leg === 'exit')).toEqual([]);
  });

  test('a close on the way right after our stop fired sells nothing of his', async () => {
    const { trade, hand } = await open();
    await hand.buy('BTC', '0.05', 50_500);
    await reviewPosition(harness.execution, { tradeId: trade.id });
    harness.sandboxes.hyperliquid.setPrice('BTC', 47_000);
    if (!trade.plan) throw new Error('no plan');
    const known = {
      trade,
      venue: 'hyperliquid' as const,
      instrument: trade.plan.instrument,
      size: trade.remainingSize ?? '',
    };
    const exit = { reason: 'time_limit', by: 'watcher', price: '47000' } as const;
    expect(await closeKnown(harness.execution, known, exit)).toBeNull();
    expect(await closePosition(harness.execution, { tradeId: trade.id }, exit)).not.toBeNull();
    await end(trade);
    expect(await heldOf(trade)).toBe('0.05');
    expect((await listOrders(harness.db, trade.id)).filter(({ leg }) => leg === 'exit')).toEqual([]);
  });

  test.each([
    ['the stream told', true],
    ['nobody told', false],
  ])('what he traded before our entry was booked stays his where %s of it', async (_how, isTold) => {
    const deployment = await harness.deploy({ hyperliquid: '10000' });
    const signal = await harness.signal(deployment, { symbol: 'BTC' });
    harness.dieAt.add('entry.after_send');
    expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null });
    const { id } = await harness.db.trade.findFirstOrThrow({ where: { signalId: signal.signalId } });
    const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
    await hand.sell('BTC', '0.02', 49_500);
    await hand.buy('BTC', '0.05', 50_500);
    const waiting = await getTrade(harness.db, id);
    if (isTold) await bookFills(harness.db, 'hyperliquid', waiting.accountId, await listedFills(waiting));
    // A worker takes it up a while later.
    await delay(1_100);
    await openPosition(harness.execution, { tradeId: waiting.id });
    await close(await getTrade(harness.db, id));
    expect(await heldOf(waiting)).toBe('0.05');
    expect(await settled(waiting)).toMatchObject({ exitReason: 'closed_at_venue', isProvisional: false });
  });

  test('what he had bought just before our entry is his when he sells it again', async () => {
    const deployment = await harness.deploy({ hyperliquid: '10000' });
    const hand = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
    const signal = await harness.signal(deployment, { symbol: 'BTC' });
    const lag = { kind: 'stale', ms: 60_000, action: 'account', durationMs: 60_000 } as const;
    harness.sandboxes.hyperliquid.control({ type: 'fault', fault: lag });
    await hand.buy('BTC', '0.015', 50_500);
    const entered = await harness.enter(signal);
    if (entered.outcome !== 'planned') throw new Error(entered.text);
    harness.sandboxes.hyperliquid.control({ type: 'clearFaults' });
    await hand.sell('BTC', '0.015', 49_500);
    const review = await reviewPosition(harness.execution, { tradeId: entered.tradeId });
    const trade = await getTrade(harness.db, entered.tradeId);
    expect(review).toMatchObject({ remainingSize: trade.entrySize, closedBy: null, stop: 'fits' });
    await close(trade);
    expect(await heldOf(trade)).toBe('0');
    const { netPnlUsd, feesUsd, grossPnlUsd } = await settled(trade);
    expect(Number(netPnlUsd)).toBeCloseTo(Number(grossPnlUsd) - Number(feesUsd), 6);
  });

  test('an opposite trade that is smaller than ours leaves ours what is left of it, under its stop', async () => {
    const { trade, hand } = await open();
    await hand.sell('BTC', '0.005', 49_500);
    const review = await reviewPosition(harness.execution, { tradeId: trade.id });
    expect(Number(review.remainingSize)).toBeCloseTo(Number(trade.entrySize) - 0.005, 9);
    expect(review).toMatchObject({ closedBy: null, stop: 'fits' });
    expect(accountOf(harness.sandboxes.hyperliquid.state(), trade.accountId).openOrders).toBe(1);
    await close(trade);
    expect(await heldOf(trade)).toBe('0');
  });

  test.each([
    ['as large as', '0.02', '0'],
    ['larger than', '0.05', '-0.03'],
  ])('an opposite trade that is %s ours ends it, and what is beyond stays', async (_name, size, beyond) => {
    const { trade, hand } = await open();
    await hand.sell('BTC', size, 49_500);
    const review = await reviewPosition(harness.execution, { tradeId: trade.id });
    expect(review).toMatchObject({ remainingSize: '0', closedBy: 'closed_at_venue' });
    await end(trade);
    expect(await heldOf(trade)).toBe(beyond);
    expect((await settled(trade)).isProvisional).toBe(false);
  });
});

test('what the venue takes from us by deleveraging is our profit, and only our part of it', async () => {
  const { trade, hand } = await open();
  await hand.buy('BTC', '0.03', 50_500);
  harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
  harness.sandboxes.hyperliquid.control({ type: 'deleverage', address: trade.accountId, coin: 'BTC' });
  await end(trade);
  const { exitReason, grossPnlUsd, isProvisional } = await settled(trade);
  expect({ exitReason, isProvisional }).toEqual({ exitReason: 'liquidation', isProvisional: false });
  expect(Number(grossPnlUsd)).toBeCloseTo(Number(trade.entrySize) * 1_000, 0);
});

describe('fills that the venue lists late', () => {
  test('a trade settled without its exit is corrected and billed once the fills come', async () => {
    const { trade } = await open();
    harness.sandboxes.hyperliquid.setPrice('BTC', 51_000);
    const tradeId = trade.id;
    await closePosition(harness.execution, { tradeId }, { reason: 'force_close', by: 'owner', price: null });
    await flattenTrade(harness.db, tradeId, 'force_close', Date.now());
    await settle(trade);
    expect(await settled(trade)).toMatchObject({ phase: 'closed', isProvisional: true });
    expect((await readBilling(harness.db, tradeId)).billed.map(({ kind }) => kind)).toEqual(['trade_fee']);

    const account = asId<AccountId>(trade.accountId);
    const fills = await listedFills(trade);
    await Promise.all([1, 2].map(() => bookFills(harness.db, 'hyperliquid', account, fills)));
    const { netPnlUsd, isProvisional, exitReason } = await settled(trade);
    expect({ isProvisional, exitReason }).toEqual({ isProvisional: false, exitReason: 'force_close' });
    expect(Number(netPnlUsd)).toBeCloseTo(totalOf(trade), 6);
    const { billed: bills } = await readBilling(harness.db, tradeId);
    expect(bills.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['trade_fee', `trade/${tradeId}`],
      ['profit_share', `trade/${tradeId}`],
    ]);
    expect(Number(bills[1]?.amountUsd)).toBeCloseTo(Number(netPnlUsd) / 10, 5);
    const audited = await listChangesBy(harness.db, 'reconcile', 100);
    expect(audited.filter(({ subject }) => subject === `trade/${tradeId}`)).toMatchObject([
      {
        action: 'trade.correct_settlement',
        before: { isProvisional: true },
        after: { netPnlUsd: String(netPnlUsd) },
      },
    ]);
  });

  test('funding that is listed after the bill is booked, and billed by its difference', async () => {
    const { sandboxes } = harness;
    sandboxes.hyperliquid.control({ type: 'setFundingRate', coin: 'BTC', rate: '-0.0001' });
    const lag = { kind: 'stale', ms: 60_000, action: 'funding', durationMs: 60_000 } as const;
    sandboxes.hyperliquid.control({ type: 'fault', fault: lag });
    const { trade } = await open();
    sandboxes.hyperliquid.control({ type: 'payFunding' });
    sandboxes.hyperliquid.setPrice('BTC', 51_000);
    await close(trade);
    expect(Number((await settled(trade)).fundingUsd)).toBe(0);
    const { billed: before } = await readBilling(harness.db, trade.id);
    sandboxes.hyperliquid.control({ type: 'clearFaults' });
    await Promise.all([reconcile(trade), reconcile(trade)]);
    const { fundingUsd, netPnlUsd } = await settled(trade);
    expect(Number(fundingUsd)).toBeCloseTo(0.1, 3);
    expect(Number(netPnlUsd)).toBeCloseTo(totalOf(trade), 6);
    const { billed: after } = await readBilling(harness.db, trade.id);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.map(({ subject }) => subject).slice(before.length)).toEqual([
      `trade/${trade.id}/correction/1`,
    ]);
    const shares = after
      .filter(({ kind }) => kind === 'profit_share')
      .map(({ amountUsd }) => Number(amountUsd));
    expect(shares.reduce((a, b) => a + b)).toBeCloseTo(Number(netPnlUsd) / 10, 5);
  });

  test('a trade that was settled without its fills is looked after by the reconciler', async () => {
    const { trade } = await open();
    await closePosition(
      harness.execution,
      { tradeId: trade.id },
      { reason: 'force_close', by: 'owner', price: null },
    );
    await flattenTrade(harness.db, trade.id, 'force_close', Date.now());
    await settle(trade);
    await reconcile(trade, false);
    expect(await settled(trade)).toMatchObject({ isProvisional: false });
    expect(Number((await settled(trade)).netPnlUsd)).toBeCloseTo(totalOf(trade), 6);
  });
});

describe('a trade that ended although its position did not', () => {
  test.each(['closed', 'skipped'] as const)('goes on when it was %s', async (phase) => {
    const { trade } = await open();
    const ended = {
      phase,
      exitReason: 'closed_at_venue',
      refusalCode: 'entry_not_filled',
      closedAt: new Date(),
    };
    await harness.db.trade.update({
      where: { id: trade.id },
      data: { ...ended, exitReason: 'closed_at_venue' },
    });
    await reconcile(trade);
    const revived = await getTrade(harness.db, trade.id);
    expect(revived).toMatchObject({ phase: 'open', remainingSize: trade.entrySize, refusal: null });
    expect(revived.barriers?.levels.stop).toBe(trade.barriers?.levels.stop);
    expect(started).toContain(trade.signalId);
    const [audit] = await listChangesBy(harness.db, 'reconcile', 1);
    expect(audit).toMatchObject({ action: 'trade.revive', subject: `trade/${trade.id}`, before: { phase } });
    // Its stop rests as it did: the reconciler that found the trade leaves it.
    expect(accountOf(harness.sandboxes.hyperliquid.state(), trade.accountId).openOrders).toBe(1);
    await close(revived);
    expect(Number((await settled(trade)).netPnlUsd)).toBeCloseTo(totalOf(trade), 6);
  });

  test('is not taken for one that the owner opened after it', async () => {
    const { trade, hand } = await open();
    await close(trade);
    await hand.buy('BTC', trade.entrySize ?? '', 50_500);
    await reconcile(trade);
    expect(await getTrade(harness.db, trade.id)).toMatchObject({ phase: 'closed' });
    const where = { accountId: trade.accountId, isAdopted: true };
    expect(await harness.db.trade.count({ where })).toBe(1);
  });
});

test.each(['revoked', 'pending'] as const)(
  'the account of a live trade is compared although its key is %s',
  async (status) => {
    const { trade } = await open();
    await harness.db.tradingKey.updateMany({ where: { deploymentId: trade.deploymentId }, data: { status } });
    const listed = await reconciling().listAccountsToReconcile({
      limit: 10,
      deploymentId: trade.deploymentId,
    });
    expect(listed).toMatchObject([{ accountId: trade.accountId, mayAdopt: false }]);
  },
);

test('the database divides fills between us and another hand as the rule does', async () => {
  const { trade } = await open();
  const tradeId = trade.id;
  const orders = await listOrders(harness.db, tradeId);
  const orderId = orders.find(({ leg }) => leg === 'entry')?.id ?? null;
  const step = fc.record({
    isOwn: fc.boolean(),
    side: fc.constantFrom('buy' as const, 'sell' as const),
    size: fc.integer({ min: 1, max: 9 }).map(String),
  });
  const held = fc.option(fc.integer({ min: -9, max: 9 }).map(String), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 8 }), held, async (steps, before) => {
      const entry = { isOwn: true, side: 'buy' as const, size: '20', positionBefore: before };
      const others = steps.filter(({ isOwn, side }) => !isOwn || side === 'sell');
      const moves = [entry, ...others.map((move) => ({ ...move, positionBefore: undefined }))];
      await harness.db.fill.deleteMany({ where: { tradeId } });
      await harness.db.trade.update({
        where: { id: tradeId },
        data: { entrySize: '20', remainingSize: '20' },
      });
      await insertFills(
        harness.db,
        moves.map(({ isOwn, side, size, positionBefore }, index) => ({
          venue: 'hyperliquid',
          accountId: trade.accountId,
          symbol: 'BTC',
          venueFillId: String(index),
          venueOrderId: '1',
          clientOrderId: null,
          tradeId,
          orderId: isOwn ? orderId : null,
          side,
          price: '1',
          size,
          feeUsd: '0',
          closedPnlUsd: '0',
          liquidation: false,
          ...(positionBefore !== undefined && { positionBefore }),
          time: 1_000 * (index + 1),
        })),
      );
      await countFills(harness.db, tradeId);
      const { left } = divideFills('long', await listFills(harness.db, tradeId));
      const { remainingSize } = await getTrade(harness.db, tradeId);
      expect(Number(remainingSize)).toBe(Math.max(0, left.toNumber()));
    }),
    { numRuns: 40 },
  );
});
