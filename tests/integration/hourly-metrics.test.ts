import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { correctSettlement } from '#activities/ledger/correct-settlement.ts';
import { recordImpacts } from '#activities/metrics/record-impacts.ts';
import { refreshCards } from '#activities/metrics/refresh-cards.ts';
import { writeChangedHours } from '#activities/metrics/write-hours.ts';
import type { TradeId } from '#domain/ids.ts';
import { DAY_MS, HOUR_MS } from '#domain/metrics/windows.ts';
import { sumHours } from '#prisma/repositories/metric-sums.ts';
import { listCards } from '#prisma/repositories/agent-cards.ts';
import { countTradeChanges } from '#prisma/repositories/trade-hours.ts';
import { newWallet, startTradedBooks, type ToldTrade, type TradedBooks } from '../support/traded-books.ts';

let books: TradedBooks & { stop(): Promise<void> };
beforeAll(async () => {
  books = await startTradedBooks();
});
afterAll(() => books?.stop());

const START = Date.UTC(2026, 0, 5, 10, 20);
const noFailpoint = () => undefined;

/** Writes the hours of all trades that changed. */
const write = () => writeChangedHours({ db: books.db, failpoint: noFailpoint }, { limit: 1_000 });

const hoursOf = (tradeId: TradeId) =>
  books.db.tradeHour.findMany({ where: { tradeId }, orderBy: { hour: 'asc' } });

/** A new deployment of a new agent. */
async function deploy(name: string, wallet = newWallet()) {
  const agentId = await books.addAgent(name);
  return { agentId, deploymentId: await books.addDeployment(agentId, wallet), wallet };
}

/** A long from 100 to 110 that lasts three hours. */
const winner = (deploymentId: string, extra: Partial<ToldTrade> = {}): ToldTrade => ({
  deploymentId,
  openedAt: START,
  closedAt: START + 3 * HOUR_MS,
  entry: '100',
  exit: '110',
  stop: '95',
  ...extra,
});

describe('hours of trades', () => {
  test('hold fees, funding and profit where they happened, and add up to the settlement', async () => {
    const { deploymentId } = await deploy('adds up');
    const messageId = await books.addMessage('caller', START - 2_000);
    const tradeId = await books.addTrade(winner(deploymentId, { messageId }));
    await books.addFunding(tradeId, START + HOUR_MS, '-0.25');
    await correctSettlement(books.db, tradeId);
    await write();
    const hours = await hoursOf(tradeId);
    expect(
      hours.map(({ hour, netUsd }) => [hour.getTime() - (START - 20 * 60_000), netUsd.toFixed()]),
    ).toEqual([
      [0, '-0.5'],
      [HOUR_MS, '-0.25'],
      [3 * HOUR_MS, '9.5'],
    ]);
    const end = hours.at(-1);
    expect(end?.resultUsd?.toFixed()).toBe('8.75');
    expect(end).toMatchObject({ r: 1.75, holdMs: 10_800_000n, exitReason: 'take_profit', latencyMs: 2_000n });
    expect(end).toMatchObject({ callBps: 0, decisionBps: 0, unprotectedMs: 0 });
  });

  test('are as they were after every trade is written once more, by two at the same time', async () => {
    const before = await books.db.tradeHour.findMany({ orderBy: [{ tradeId: 'asc' }, { hour: 'asc' }] });
    const trades = await books.db.trade.findMany({ select: { id: true } });
    await books.db.tradeChange.createMany({
      data: [...trades, ...trades].map(({ id }) => ({ tradeId: id })),
    });
    await Promise.all([write(), write()]);
    expect(await countTradeChanges(books.db)).toBe(0);
    expect(await books.db.tradeHour.findMany({ orderBy: [{ tradeId: 'asc' }, { hour: 'asc' }] })).toEqual(
      before,
    );
  });

  test('are corrected by a fill that comes a day late', async () => {
    const { deploymentId } = await deploy('late fill');
    const told = winner(deploymentId, { isExitLate: true });
    const tradeId = await books.addTrade(told);
    await write();
    expect((await hoursOf(tradeId)).map(({ resultUsd }) => resultUsd)).toEqual([null]);
    await books.bookExit(tradeId, told);
    await write();
    const hours = await hoursOf(tradeId);
    expect(hours.map(({ hour }) => hour.getTime())).toEqual([
      START - 20 * 60_000,
      START + 3 * HOUR_MS - 20 * 60_000,
    ]);
    expect(hours.at(-1)?.resultUsd?.toFixed()).toBe('9');
  });

  test('of a corrected trade add up to the new result, what no fill of ours explains in the hour of its end', async () => {
    const { deploymentId } = await deploy('corrected');
    const tradeId = await books.addTrade(winner(deploymentId));
    await write();
    await books.db.trade.update({ where: { id: tradeId }, data: { grossPnlUsd: '7', netPnlUsd: '6' } });
    await write();
    const hours = await hoursOf(tradeId);
    expect(hours.map(({ netUsd }) => netUsd.toFixed())).toEqual(['-0.5', '6.5']);
    expect(hours.at(-1)?.resultUsd?.toFixed()).toBe('6');
  });

  test('stay as they were when the process dies in the middle, and are written by the next', async () => {
    const { deploymentId } = await deploy('killed');
    const tradeId = await books.addTrade(winner(deploymentId));
    const waiting = await countTradeChanges(books.db);
    expect(waiting).toBeGreaterThan(0);
    for (const step of ['changes_taken', 'hours_written']) {
      const dying = writeChangedHours(
        { db: books.db, failpoint: (at) => (at === step ? Promise.reject(new Error('dies')) : undefined) },
        { limit: 1_000 },
      );
      await expect(dying).rejects.toThrow('dies');
      expect([await hoursOf(tradeId), await countTradeChanges(books.db)]).toEqual([[], waiting]);
    }
    await write();
    expect(await hoursOf(tradeId)).toHaveLength(2);
  });

  test('take a batch at a time, and say that more are left', async () => {
    const { deploymentId } = await deploy('batches');
    for (const hour of [0, 24, 48]) {
      const openedAt = START + hour * HOUR_MS;
      await books.addTrade(winner(deploymentId, { openedAt, closedAt: openedAt + HOUR_MS }));
    }
    const first = await writeChangedHours({ db: books.db, failpoint: noFailpoint }, { limit: 2 });
    expect(first.more).toBe(true);
    expect((await write()).more).toBe(false);
    const byDay = await sumHours(books.db, { deploymentId }, 'day');
    expect(byDay.map(({ key, money }) => [key, money.netUsd])).toEqual([
      ['2026-01-05', '9'],
      ['2026-01-06', '9'],
      ['2026-01-07', '9'],
    ]);
    expect((await sumHours(books.db, { deploymentId }, 'week')).map(({ key }) => key)).toEqual([
      '2026-01-05',
    ]);
    expect((await sumHours(books.db, { deploymentId }, 'month')).map(({ key }) => key)).toEqual(['2026-01']);
  });

  test('of a position that was taken over there are none', async () => {
    const { deploymentId } = await deploy('adopted');
    const tradeId = await books.addTrade(winner(deploymentId, { isAdopted: true }));
    await write();
    expect(await hoursOf(tradeId)).toEqual([]);
  });
});

describe('numbers of agents', () => {
  const refresh = (now: number) => refreshCards({ db: books.db, now: () => now }, { limit: 100 });
  const total = async (agentId: string, windowName: string) =>
    (await listCards(books.db, agentId)).find((card) => card.venue === '' && card.windowName === windowName)
      ?.numbers;

  test('count profit by the equity it was made with: a deposit is none', async () => {
    const { agentId, deploymentId, wallet } = await deploy('deposits');
    await books.addEquity(wallet, START, '1000');
    await books.addEquity(wallet, START + DAY_MS, '50000');
    await books.addTrade(winner(deploymentId));
    const openedAt = START + DAY_MS;
    await books.addTrade(winner(deploymentId, { openedAt, closedAt: openedAt + HOUR_MS, exit: '90' }));
    await write();
    await refresh(openedAt + HOUR_MS);
    const returns = [9 / 1000, -11 / 50_000];
    expect(await total(agentId, 'all')).toMatchObject({
      netUsd: '-2',
      trades: 2,
      winRate: 0.5,
      days: 2,
      aprPct: expect.closeTo((((returns[0] ?? 0) + (returns[1] ?? 0)) / 2) * 365 * 100, 9),
      maxDrawdownUsd: '11',
      maxDrawdownPct: expect.closeTo(0.022, 9),
    });
  });

  test('leave their window with the days, without a change of a trade', async () => {
    const { agentId, deploymentId } = await deploy('windows');
    await books.addTrade(winner(deploymentId));
    await write();
    await refresh(START + 4 * HOUR_MS);
    expect((await total(agentId, '30d'))?.netUsd).toBe('9');
    await refresh(START + 30 * DAY_MS);
    expect([(await total(agentId, '30d'))?.netUsd, (await total(agentId, '90d'))?.netUsd]).toEqual([
      '0',
      '9',
    ]);
    // A clock that goes back by a day changes nothing that is stored.
    await refresh(START + 29 * DAY_MS);
    expect((await total(agentId, '30d'))?.netUsd).toBe('0');
  });
});

describe('impact of sources', () => {
  const record = (now: number) => recordImpacts({ db: books.db, now: () => now });

  test('is stored once a day, and after an outage of a week for each day of it', async () => {
    const { deploymentId } = await deploy('impact');
    const messageId = await books.addMessage('weekly', START);
    await books.addTrade(winner(deploymentId, { messageId }));
    await write();
    const source = await books.db.sourceAccount.findFirstOrThrow({ where: { handle: 'weekly' } });
    const daysOf = () =>
      books.db.sourceImpact.count({ where: { sourceAccountId: source.id, windowName: '30d' } });
    expect(await record(START + DAY_MS)).toEqual({ days: 1 });
    expect(await record(START + DAY_MS)).toEqual({ days: 0 });
    expect(await daysOf()).toBe(1);
    expect(await record(START + 8 * DAY_MS)).toEqual({ days: 7 });
    expect(await daysOf()).toBe(8);
    // A clock that goes back stores nothing twice.
    expect(await record(START + 3 * DAY_MS)).toEqual({ days: 0 });
  });
});
