import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type Database } from '#prisma/client.ts';
import { billMonths } from '#activities/ledger/bill-months.ts';
import { readEvents, readFeedEnd, type EventCursor } from '#prisma/repositories/event-feed.ts';
import { raiseBrakes, setBrake } from '#prisma/repositories/raise-brakes.ts';
import { noteHeard, noteUnheard } from '#prisma/repositories/source-listening.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { storeVenueStatus } from '#prisma/repositories/venue-status.ts';
import { startTestDatabase, type TestDatabase } from '#tests/support/services.ts';
import { tradedBooks } from '#tests/support/traded-books.ts';

let database: TestDatabase;
let db: Database;
let ownerId: string;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 5 });
  ({ id: ownerId } = await db.user.create({ data: { name: 'owner' } }));
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.stop();
});

/** A transaction that is about to end holds events back until it has. */
const PATIENCE = { timeout: 20_000 };
const read = async (after: EventCursor) =>
  (await readEvents(db, { after, limit: 100 })).map(({ text }) => text);
const event = (text: string, of: object = {}) => ({ key: randomUUID(), type: 'brake_set', text, ...of });

test('an event that is committed late is read late, and none is passed over', async () => {
  const after = await readFeedEnd(db);
  const begun = Promise.withResolvers<void>();
  const commit = Promise.withResolvers<void>();
  const late = db.$transaction(async (tx) => {
    await recordSystemEvent(tx, event('first, committed last'));
    begun.resolve();
    await commit.promise;
  });
  await begun.promise;
  await recordSystemEvent(db, event('second'));
  // Until the first is committed, nothing behind it is read: a cursor past it would lose it.
  expect(await read(after)).toEqual([]);
  commit.resolve();
  await late;
  await expect.poll(() => read(after), PATIENCE).toEqual(['first, committed last', 'second']);
});

test('a transaction of another database of the server holds no event back', async () => {
  const elsewhere = await startTestDatabase();
  const other = openDatabase(elsewhere.url, { poolSize: 1 });
  try {
    const after = await readFeedEnd(db);
    await other.$transaction(async (tx) => {
      await recordSystemEvent(tx, event('elsewhere'));
      await recordSystemEvent(db, event('here'));
      expect(await read(after)).toEqual(['here']);
    });
  } finally {
    await other.$disconnect();
    await elsewhere.stop();
  }
});

test('events of trades and of the system come in one order, in pages, each with whom it concerns', async () => {
  const books = tradedBooks(db, ownerId);
  const agentId = await books.addAgent('momentum');
  const deploymentId = await books.addDeployment(agentId);
  const day = Date.now() - 86_400_000;
  const tradeId = await books.addTrade({
    deploymentId,
    openedAt: day,
    closedAt: day + 1_000,
    entry: '100',
    exit: '101',
  });
  const other = await db.user.create({ data: { name: 'other' } });
  let after = await readFeedEnd(db);
  await recordTradeEvent(db, { tradeId, key: 'k', type: 'opened', text: 'opened' });
  await recordSystemEvent(db, event('agent', { agentId }), event('all'), event('own', { userId: other.id }));
  await recordTradeEvent(db, { tradeId, key: 'l', type: 'settled', text: 'settled' });
  const seen: [string, string[] | null][] = [];
  await expect.poll(() => read(after), PATIENCE).toHaveLength(5);
  for (;;) {
    const page = await readEvents(db, { after, limit: 2 });
    if (page.length === 0) break;
    seen.push(...page.map(({ text, userIds }): [string, string[] | null] => [text, userIds]));
    after = page.at(-1) ?? after;
  }
  expect(seen).toEqual([
    ['opened', [ownerId]],
    ['agent', [ownerId]],
    ['all', null],
    ['own', [other.id]],
    ['settled', [ownerId]],
  ]);
});

test('an event that is recorded twice is one', async () => {
  const after = await readFeedEnd(db);
  const once = event('once');
  await recordSystemEvent(db, once);
  await recordSystemEvent(db, once);
  await expect.poll(() => read(after), PATIENCE).toEqual(['once']);
});

describe('what happens to no single trade is an event in its transaction', () => {
  const types = async (after: EventCursor) =>
    (await readEvents(db, { after, limit: 100 })).map(({ type }) => type);

  test('a venue that goes down and comes back, each once', async () => {
    const after = await readFeedEnd(db);
    const check = (health: 'up' | 'degraded' | 'down', checkedAt: number) =>
      storeVenueStatus(db, {
        venue: 'ostium',
        health,
        detail: 'as told',
        latencyMs: 1,
        openMarkets: 1,
        pricedAt: null,
        checkedAt,
      });
    for (const [index, health] of (['up', 'down', 'down', 'degraded', 'up'] as const).entries())
      await check(health, 1_000 + index);
    await expect.poll(() => types(after), PATIENCE).toEqual(['venue_down', 'venue_up']);
  });

  test('a source that fails for minutes, and one that a refusal stops', async () => {
    const after = await readFeedEnd(db);
    const { id } = await db.sourceAccount.create({ data: { kind: 'telegram', handle: '@calls' } });
    const fail = (at: number, stopCode: string | null = null) =>
      noteUnheard(db, [id], { error: 'no answer', at, nextAt: at, stopCode });
    for (const at of [0, 60_000, 400_000, 500_000]) await fail(at);
    await noteHeard(db, [id], 600_000);
    await fail(700_000);
    await noteHeard(db, [id], 700_001);
    await fail(800_000, 'telegram_unauthorized');
    await fail(900_000, 'telegram_unauthorized');
    await expect.poll(() => types(after), PATIENCE).toEqual(['source_down', 'source_up', 'source_stopped']);
  });

  test('a brake that is set and whose time ends', async () => {
    const after = await readFeedEnd(db);
    const draft = { venue: null, agentId: null, deploymentId: null, setBy: 'owner' } as const;
    await db.$transaction((tx) =>
      setBrake(tx, { ...draft, code: 'entries_braked', reason: 'news', until: Date.now() - 1 }),
    );
    await raiseBrakes(db, { deploymentIds: [], now: Date.now() });
    await raiseBrakes(db, { deploymentIds: [], now: Date.now() });
    await expect.poll(() => types(after), PATIENCE).toEqual(['brake_set', 'brake_released']);
    const [set] = await readEvents(db, { after, limit: 1 });
    expect(set?.text).toMatch(/^news: entries of all deployments are stopped until 20/);
  });

  test('a statement, once, at the beginning of the month after it', async () => {
    const after = await readFeedEnd(db);
    const books = tradedBooks(db, ownerId);
    const deploymentId = await books.addDeployment(await books.addAgent('billed'));
    await db.billingEvent.create({
      data: {
        kind: 'subscription',
        subject: randomUUID(),
        deploymentId,
        amountUsd: '20',
        createdAt: new Date('2026-10-05'),
      },
    });
    for (const now of ['2026-11-01T00:10:00Z', '2026-11-02', '2026-11-20'])
      await billMonths({ db, now: () => Date.parse(now) });
    await expect.poll(() => types(after), PATIENCE).toEqual(['statement_ready']);
    const [ready] = await readEvents(db, { after, limit: 1 });
    expect(ready).toMatchObject({
      deploymentId,
      userIds: [ownerId],
      data: { month: '2026-10', totalUsd: '20' },
    });
  });
});
