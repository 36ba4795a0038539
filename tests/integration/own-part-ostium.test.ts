import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { billTrade } from '#activities/ledger/bill-trade.ts';
import { closePosition } from '#activities/execution/close-position.ts';
import { bookFills } from '#activities/ledger/book-fills.ts';
import { confirmExit } from '#activities/execution/confirm-exit.ts';
import { fireTarget } from '#activities/execution/fire-target.ts';
import { reviewPosition } from '#activities/execution/review-position.ts';
import { createLedgerActivities } from '#activities/ledger/activities.ts';
import { createReconcileActivities } from '#activities/reconcile/activities.ts';
import { asId, type VenueOrderId } from '#domain/ids.ts';
import { readBilling } from '#prisma/repositories/bills.ts';
import { insertFunding, readFunding } from '#prisma/repositories/funding.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { renewAttempt } from '#prisma/repositories/order-attempts.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { VenueError } from '#venues/venue.ts';
import { price, until, usdc } from '../support/ostium-test-venue.ts';
import { startOstiumTrades, type OstiumTrades } from '../support/ostium-trades.ts';

let trades: OstiumTrades;
beforeAll(async () => {
  trades = await startOstiumTrades();
});
afterEach(async () => {
  await trades.ostium.sandbox.control.clearFaults();
  setPrice('1.1');
});
afterAll(() => trades?.stop());

const EURO = 2;
const STOP = { stopLoss: { pct: 2 } };
const setPrice = (to: string): void => trades.ostium.sandbox.control.setPrice('EUR-USD', to, '0.0001');
const byHand = { pairIndex: EURO, collateral: usdc(500), openPrice: price('1.1'), leverage: 200 };

const heldBy = async ({ accountId }: TradeRecord) =>
  (await trades.ostium.venue.accounts.account(accountId)).positions;
const entryOf = ({ id }: TradeRecord) =>
  trades.db.order.findFirstOrThrow({ where: { tradeId: id, leg: 'entry' } });
const isHeld = async (trade: TradeRecord): Promise<boolean> => {
  const { venueOrderId } = await entryOf(trade);
  return (await heldBy(trade)).some(({ positionId }) => positionId === venueOrderId);
};
const review = ({ id }: TradeRecord) => reviewPosition(trades.execution, { tradeId: id });

async function end({ id: tradeId }: TradeRecord) {
  const { reason } = await confirmExit(trades.execution, { tradeId });
  await createLedgerActivities(trades.execution).settleTrade({ tradeId });
  await billTrade(trades.execution.db, { tradeId });
  return { reason, ...(await trades.db.trade.findUniqueOrThrow({ where: { id: tradeId } })) };
}

async function reconcile({ deploymentId }: TradeRecord): Promise<void> {
  const { listAccountsToReconcile, reconcileAccount } = createReconcileActivities({
    ...trades.execution,
    messenger: { exitStarted: async () => undefined, fillsBooked: async () => undefined },
    lifecycles: { ensure: async () => true },
  });
  for (const account of await listAccountsToReconcile({ limit: 10, deploymentId }))
    await reconcileAccount({ account, full: true });
}

test('an opposite trade of the owner, and his profit, are none of ours', async () => {
  const { trade, owner } = await trades.open(STOP);
  await owner.open({ ...byHand, buy: false });
  await until('both positions', async () => (await heldBy(trade)).length === 2 || undefined);
  expect(await review(trade)).toMatchObject({
    remainingSize: trade.entrySize,
    stopPrice: trade.stopPrice,
    stop: 'fits',
    closedBy: null,
  });
  await reconcile(trade);
  expect(await trades.db.auditLog.count({ where: { subject: `trade/${trade.id}` } })).toBe(0);

  setPrice('1.07');
  await until('the stop', async () => !(await isHeld(trade)) || undefined);
  const [his] = await heldBy(trade);
  const { reason, grossPnlUsd, isProvisional } = await end(trade);
  expect({ reason, isProvisional }).toEqual({ reason: 'stop_loss', isProvisional: false });
  expect(Number(grossPnlUsd)).toBeCloseTo(Number(trade.entrySize) * (1.07 - 1.1), 0);
  expect((await readBilling(trades.db, trade.id)).billed.map(({ kind }) => kind)).toEqual(['trade_fee']);
  expect(await heldBy(trade)).toEqual([his]);
});

test('a trade of ours that its owner closes by hand ends; another one of his does not end it', async () => {
  const { trade, owner } = await trades.open(STOP);
  await owner.open({ ...byHand, buy: true });
  await until('both positions', async () => (await heldBy(trade)).length === 2 || undefined);
  setPrice('1.12');
  const [ours, his] = [0, 1];
  const closeByHand = (index: number) =>
    owner.send(owner.trading, 'closeTradeMarket', EURO, index, 10_000, price('1.12'), 500);
  await closeByHand(his);
  await until('his close', async () => (await heldBy(trade)).length === 1 || undefined);
  expect(await review(trade)).toMatchObject({ remainingSize: trade.entrySize, closedBy: null });
  expect(await trades.db.fill.count({ where: { tradeId: trade.id, orderId: null } })).toBe(0);

  await closeByHand(ours);
  await until('the close of ours', async () => !(await isHeld(trade)) || undefined);
  expect(await review(trade)).toMatchObject({ remainingSize: '0', closedBy: 'closed_at_venue' });
  const { grossPnlUsd, netPnlUsd, feesUsd, fundingUsd } = await end(trade);
  expect(Number(grossPnlUsd)).toBe(0);
  expect(Number(netPnlUsd)).toBeCloseTo(Number(fundingUsd) - Number(feesUsd), 9);
});

test('collateral that the owner takes out of our trade and puts in is no profit of it', async () => {
  const { trade, owner } = await trades.open(STOP);
  const before = await owner.balance();
  const paid = Number(trade.entrySize) * Number(trade.entryPrice);
  await owner.send(owner.trading, 'removeCollateral', EURO, 0, usdc(300));
  await until('the collateral', async () => (await owner.balance()) > before || undefined);
  const feeUsd = 300 - Number((await owner.balance()) - before) / 1e6;
  await owner.send(owner.trading, 'topUpCollateral', EURO, 0, usdc(200));
  await closePosition(
    trades.execution,
    { tradeId: trade.id },
    { reason: 'force_close', by: 'x', price: '1.1' },
  );
  const { grossPnlUsd, netPnlUsd, feesUsd } = await end(trade);
  expect(Number(feesUsd)).toBeLessThan(5);
  expect(Number(grossPnlUsd)).toBeCloseTo(0, 0);
  const change = Number((await owner.balance()) - before) / 1e6 - paid;
  expect(Number(netPnlUsd)).toBeCloseTo(change + feeUsd, 0);
  expect((await readBilling(trades.db, trade.id)).billed.map(({ kind }) => kind)).toEqual(['trade_fee']);
});

test('a settlement that the venue will not have is told in the story of its trade', async () => {
  const { trade } = await trades.open(STOP);
  const { id: tradeId } = trade;
  await closePosition(trades.execution, { tradeId }, { reason: 'force_close', by: 'x', price: '1.1' });
  await confirmExit(trades.execution, { tradeId });
  const fatal = new VenueError('request_refused', 'no', 'fatal');
  const { venue } = trades.ostium;
  const accounts = { ...venue.accounts, fundingSince: () => Promise.reject(fatal) };
  const venues = new Map([['ostium' as const, { ...venue, accounts }]]);
  const { settleTrade } = createLedgerActivities({ ...trades.execution, venues });
  await expect(settleTrade({ tradeId })).rejects.toBe(fatal);
  await expect(settleTrade({ tradeId })).rejects.toBe(fatal);
  const where = { tradeId, type: 'settlement_trouble' };
  expect(await trades.db.tradeEvent.count({ where })).toBe(1);
});

test('a trade that was found open long after its entry filled is closed and settled', async () => {
  const { trade } = await trades.open(STOP);
  const { id } = trade;
  await trades.db.fill.deleteMany({ where: { tradeId: id } });
  await trades.db.trade.update({ where: { id }, data: { openedAt: new Date(Date.now() + 300_000) } });
  await closePosition(trades.execution, { tradeId: id }, { reason: 'force_close', by: 'x', price: '1.1' });
  expect(await end(trade)).toMatchObject({ reason: 'force_close', isProvisional: false, settledFills: 2 });
});

test('a node that is behind the entry ends no trade', async () => {
  const { trade } = await trades.open(STOP);
  await trades.ostium.sandbox.control.fault({ kind: 'rpcBehind', blocks: 50, node: 1 });
  const behind = trades.ostium.connect({ rpcUrls: [`${trades.ostium.sandbox.rpcUrl}/1`] });
  const venues = new Map([['ostium' as const, behind]]);
  const execution = { ...trades.execution, venues };
  await expect(
    reviewPosition(
      {
        ...execution,
        openSession: async (of) => ({ ...(await trades.execution.openSession(of)), venue: behind }),
      },
      { tradeId: trade.id },
    ),
  ).rejects.toMatchObject({ code: 'venue_behind' });
  expect(await getTrade(trades.db, trade.id)).toMatchObject({
    phase: 'open',
    remainingSize: trade.entrySize,
  });
});

test.each(['closed', 'skipped'] as const)(
  'a position whose trade was %s is found by what placed it, and goes on under its stop',
  async (phase) => {
    const { trade } = await trades.open(STOP);
    const ended = { exitReason: 'closed_at_venue', refusalCode: 'not_accepted' } as const;
    await trades.db.trade.update({
      where: { id: trade.id },
      data: { ...ended, phase, closedAt: new Date() },
    });
    await trades.db.fill.deleteMany({ where: { tradeId: trade.id } });
    const { id } = await entryOf(trade);
    const lost = { status: 'rejected', venueOrderId: null, filledSize: '0' } as const;
    await trades.db.order.update({ where: { id }, data: lost });
    await reconcile(trade);
    expect(await getTrade(trades.db, trade.id)).toMatchObject({
      phase: 'open',
      remainingSize: trade.entrySize,
      refusal: null,
    });
    const after = await review(trade);
    expect(after).toMatchObject({ closedBy: null, stop: 'fits' });
    expect(Number(after.stopPrice)).toBeGreaterThanOrEqual(Number(trade.stopPrice));
  },
);

test('what an attempt did that was called fenced off is known by its transaction', async () => {
  const { trade } = await trades.open(STOP);
  const { id } = await entryOf(trade);
  const lost = { status: 'unresolved', venueOrderId: null, filledSize: '0' } as const;
  await trades.db.order.update({ where: { id }, data: lost });
  await trades.db.fill.deleteMany({ where: { tradeId: trade.id } });
  for (const nonce of [7, 8]) {
    const entry = (await listOrders(trades.db, trade.id)).filter((order) => order.id === id);
    const draw = { nonce, signer: entry[0]?.signer ?? '', hold: undefined };
    const renewed = entry.map((order) => ({ order, next: order }));
    expect(await renewAttempt(trades.db, renewed, draw)).toBe(true);
  }
  const fills = await trades.ostium.venue.accounts.fillsSince(trade.accountId, 0);
  expect(await bookFills(trades.db, 'ostium', trade.accountId, fills)).toMatchObject([
    { tradeId: trade.id, orderId: id },
  ]);
});

test('a part that was closed although its order was called refused is not closed again', async () => {
  const { trade } = await trades.open({
    ...STOP,
    takeProfits: [
      { pct: 1, fraction: 0.25 },
      { pct: 5, fraction: 0.75 },
    ],
  });
  setPrice('1.112');
  const fire = () => fireTarget(trades.execution, { tradeId: trade.id }, { leg: 1, price: '1.112' });
  const fired = () => until('the part', async () => (await fire()) === 'done' || undefined);
  await fired();
  const [before] = await heldBy(trade);
  const where = { tradeId: trade.id, leg: 'take_profit', legNumber: 1 } as const;
  const lost = { status: 'rejected', code: 'not_accepted', filledSize: '0', venueOrderId: null } as const;
  await trades.db.order.updateMany({ where, data: lost });
  await trades.db.fill.deleteMany({ where: { order: where } });
  await trades.db.trade.update({
    where: { id: trade.id },
    data: { remainingSize: trade.entrySize },
  });
  await fired();
  expect(await heldBy(trade)).toEqual([before]);
  expect(await trades.db.order.count({ where })).toBe(1);
});

test('two positions of one wallet that pay funding in one second are booked once each', async () => {
  const { trade } = await trades.open(STOP);
  const { id: tradeId, accountId, symbol } = trade;
  const paid = { venue: 'ostium' as const, accountId, symbol, tradeId, time: 1_700_000_000_000 };
  const payments = ['1', '2'].map((position) => ({
    ...paid,
    positionId: asId<VenueOrderId>(position),
    amountUsd: '-0.5',
  }));
  await insertFunding(trades.db, payments);
  await insertFunding(trades.db, payments);
  expect(await readFunding(trades.db, tradeId)).toEqual({ totalUsd: '-1', payments: 2 });
});
