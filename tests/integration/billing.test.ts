import { afterAll, beforeAll, expect, test } from 'vitest';
import { billMonths } from '#activities/ledger/bill-months.ts';
import { billTrade } from '#activities/ledger/bill-trade.ts';
import { correctSettlement } from '#activities/ledger/correct-settlement.ts';
import type { ProfitRule } from '#domain/billing.ts';
import { DAY_MS, HOUR_MS } from '#domain/metrics/windows.ts';
import type { TradeId } from '#domain/ids.ts';
import { startTradedBooks, type TradedBooks } from '../support/traded-books.ts';

let books: TradedBooks & { stop(): Promise<void> };
beforeAll(async () => {
  books = await startTradedBooks();
});
afterAll(() => books?.stop());

const START = Date.UTC(2026, 0, 5, 10);

async function deploy(name: string, profitShare: ProfitRule) {
  const agentId = await books.addAgent(name);
  await books.db.agent.update({ where: { id: agentId }, data: { profitShare } });
  return books.addDeployment(agentId);
}

/** Trades one after the other that end at these prices, from 100, without fees; each is billed. */
async function trade(deploymentId: string, exits: readonly string[]): Promise<TradeId[]> {
  const trades: TradeId[] = [];
  for (const [day, exit] of exits.entries()) {
    const openedAt = START + day * DAY_MS;
    const told = { deploymentId, openedAt, closedAt: openedAt + HOUR_MS, entry: '100', exit, feeUsd: '0' };
    const tradeId = await books.addTrade(told);
    await billTrade(books.db, { tradeId });
    trades.push(tradeId);
  }
  return trades;
}

const sharesOf = async (deploymentId: string) =>
  (
    await books.db.billingEvent.findMany({
      where: { deploymentId, kind: 'profit_share' },
      orderBy: { id: 'asc' },
    })
  ).map(({ amountUsd }) => amountUsd.toFixed());

test('by high-water mark a loss is earned back before profit is shared again', async () => {
  const deploymentId = await deploy('high water', 'high_water');
  await trade(deploymentId, ['200', '40', '140', '130']);
  expect(await sharesOf(deploymentId)).toEqual(['10', '1']);
  const rules = await books.db.billingEvent.findMany({ where: { deploymentId }, select: { rule: true } });
  expect(new Set(rules.map(({ rule }) => rule))).toEqual(new Set(['high_water']));
});

test('per trade each winner pays, and a change of the agent does not reach trades that are billed', async () => {
  const deploymentId = await deploy('per trade', 'per_trade');
  const [first] = await trade(deploymentId, ['200', '40', '140']);
  expect(await sharesOf(deploymentId)).toEqual(['10', '4']);
  const { agentId } = await books.db.agentDeployment.findUniqueOrThrow({ where: { id: deploymentId } });
  await books.db.agent.update({ where: { id: agentId }, data: { profitShare: 'high_water' } });
  if (first) await billTrade(books.db, { tradeId: first });
  expect(await sharesOf(deploymentId)).toEqual(['10', '4']);
});

test('billing twice, and all at once, bills once', async () => {
  const deploymentId = await deploy('twice', 'high_water');
  const trades = await trade(deploymentId, ['200', '150']);
  await Promise.all([...trades, ...trades].map((tradeId) => billTrade(books.db, { tradeId })));
  expect(await sharesOf(deploymentId)).toEqual(['10', '5']);
  expect(await books.db.billingEvent.count({ where: { deploymentId, kind: 'trade_fee' } })).toBe(2);
});

test('a correction is a bill of its own, of what the peak was too high by', async () => {
  const deploymentId = await deploy('corrected', 'high_water');
  const [first] = await trade(deploymentId, ['200', '90']);
  if (!first) throw new Error('nothing was traded');
  const before = await books.db.billingEvent.findMany({ where: { deploymentId }, orderBy: { id: 'asc' } });
  await books.addFunding(first, START + 60_000, '-60');
  expect(await correctSettlement(books.db, first)).toBe(true);
  const after = await books.db.billingEvent.findMany({ where: { deploymentId }, orderBy: { id: 'asc' } });
  expect(after.slice(0, before.length)).toEqual(before);
  expect(after.slice(before.length)).toMatchObject([{ subject: `trade/${first}/correction/1` }]);
  expect(await sharesOf(deploymentId)).toEqual(['10', '-6']);
});

test('months are billed once after the trial, an outage filled in, and none of the time billing was off', async () => {
  const deploymentId = await deploy('monthly', 'high_water');
  const trialEndsAt = new Date('2031-01-31T12:00:00Z');
  await books.db.agentDeployment.update({ where: { id: deploymentId }, data: { trialEndsAt } });
  const bill = (now: string) => billMonths({ db: books.db, now: () => Date.parse(now) });
  const monthsOf = async () =>
    (
      await books.db.billingEvent.findMany({
        where: { deploymentId, kind: 'subscription' },
        orderBy: { subject: 'asc' },
      })
    ).map(({ subject }) => subject.slice(-10));
  await bill('2031-01-31T11:59:59Z');
  expect(await monthsOf()).toEqual([]);
  await Promise.all([bill('2031-01-31T12:00:00Z'), bill('2031-01-31T12:00:00Z')]);
  expect(await monthsOf()).toEqual(['2031-01-31']);
  await bill('2031-04-01T00:00:00Z');
  expect(await monthsOf()).toEqual(['2031-01-31', '2031-02-28', '2031-03-31']);
  await books.db.agentDeployment.update({
    where: { id: deploymentId },
    data: { billedSince: new Date('2031-06-15') },
  });
  await bill('2031-07-01T00:00:00Z');
  expect((await monthsOf()).slice(3)).toEqual(['2031-06-30']);
});

test('a deployment that ends while its month is billed is not billed for it', async () => {
  const deploymentId = await deploy('ending', 'high_water');
  const trialEndsAt = new Date('2032-01-10T00:00:00Z');
  await books.db.agentDeployment.update({ where: { id: deploymentId }, data: { trialEndsAt } });
  const ended = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const ending = books.db.$transaction(async (tx) => {
    await tx.agentDeployment.update({ where: { id: deploymentId }, data: { status: 'archived' } });
    ended.resolve();
    await commit.promise;
  });
  await ended.promise;
  const billing = billMonths({ db: books.db, now: () => Date.parse('2032-01-10T00:00:00Z') });
  await expect
    .poll(
      () =>
        books.db
          .$queryRaw`SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR SHARE%'`,
    )
    .toHaveLength(1);
  commit.resolve();
  await Promise.all([ending, billing]);
  expect(await books.db.billingEvent.count({ where: { deploymentId, kind: 'subscription' } })).toBe(0);
});
