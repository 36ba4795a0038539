import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { pollDueSources, type PollTotals } from '#activities/intake/poll-due-sources.ts';
import type { PollDeps } from '#activities/intake/poll-source.ts';
import { storeDelivery } from '#activities/intake/store-delivery.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { listSkips } from '#prisma/repositories/skipped-signals.ts';
import { startFeedServer, type FeedEntry, type FeedServer } from '#sandbox/rss/feed-server.ts';
import { createSources } from '#sources/create-sources.ts';
import { NOTHING_DELIVERED, type IncomingMessage } from '#sources/source.ts';
import { testSourceSettings } from '../support/source-settings.ts';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Looks at the clock in one round. */
const ROUND_MS = 8;

let database: TestDatabase;
let db: Database;
let server: FeedServer;
let deps: PollDeps;
/** What the pollers take for the time; it passes by a millisecond with each look. */
let now: number;
beforeAll(async () => {
  [database, server] = await Promise.all([startTestDatabase(), startFeedServer()]);
  db = openDatabase(database.url, { poolSize: 10 });
  deps = {
    db,
    sources: createSources(testSourceSettings('.')),
    sourceKeys: [],
    logger: createLogger({ level: 'silent', name: 'test' }),
    now: () => now++,
  };
});
afterAll(async () => {
  await server?.close();
  await db?.$disconnect();
  await database?.stop();
});
beforeEach(async () => {
  now = Date.UTC(2026, 0, 5, 12);
  await db.skippedSignal.deleteMany();
  await db.messageRevision.deleteMany();
  await db.sourceMessage.deleteMany();
  await db.sourceAccount.deleteMany();
});

let feeds = 0;
/** A feed with one entry that was there before, polled once. */
async function addFeed(more: { monthlyReads?: number } = {}) {
  feeds += 1;
  const path = `/${feeds}.xml`;
  server.publish(path, [entry('old')]);
  const { id } = await db.sourceAccount.create({
    data: { kind: 'rss', handle: `${server.url}${path}`, nextPollAt: new Date(now), ...more },
  });
  await poll();
  return { id, path, publish: (...ids: string[]) => server.publish(path, ids.map(entry)) };
}
const entry = (id: string): FeedEntry => ({ title: `Long BTC ${id}`, guid: id });

/** Polls what is due now. */
const poll = (): Promise<PollTotals> =>
  pollDueSources(deps, { kind: 'rss', until: now + ROUND_MS, signal: new AbortController().signal });
const pollLater = (ms: number) => {
  now += ms;
  return poll();
};
const account = (id: string) => db.sourceAccount.findUniqueOrThrow({ where: { id } });
/** Ids of messages that wait to be judged, and of those that never will. */
async function messages(sourceAccountId: string) {
  const rows = await db.sourceMessage.findMany({ where: { sourceAccountId }, orderBy: { id: 'asc' } });
  const idsOf = (isWaiting: boolean) =>
    rows
      .filter(({ evaluatedAt }) => (evaluatedAt === null) === isWaiting)
      .map(({ externalId }) => externalId);
  return { waiting: idsOf(true), closed: idsOf(false) };
}
const skips = async () => (await listSkips(db, { limit: 100 })).map(({ code }) => code).sort();

test('what was there before the source is remembered and never traded', async () => {
  const feed = await addFeed();
  expect(await messages(feed.id)).toEqual({ waiting: [], closed: ['old'] });
  expect(await skips()).toEqual(['posted_before_source']);
  feed.publish('new', 'old');
  await pollLater(2 * MINUTE);
  expect(await messages(feed.id)).toEqual({ waiting: ['new'], closed: ['old'] });
});

test('a source that is down for an hour is shown with its reason, blocks no other, and loses nothing', async () => {
  const [feed, other] = [await addFeed(), await addFeed()];
  const down = now;
  server.answer(feed.path, (response) => response.writeHead(500).end());
  let failures = 0;
  for (; now < down + HOUR; now += 30_000) failures += (await poll()).failed;
  expect(failures).toBeGreaterThan(3);
  expect(failures).toBeLessThan(10);
  expect(await account(feed.id)).toMatchObject({
    failures,
    lastError: expect.stringContaining('status 500') as string,
    stopCode: null,
  });
  expect((await account(feed.id)).failingSince?.getTime()).toBeLessThan(down + 5 * MINUTE);
  expect((await account(other.id)).polledAt?.getTime()).toBeGreaterThan(now - 3 * MINUTE);

  feed.publish('c', 'b', 'a', 'old');
  await pollLater(HOUR);
  expect((await messages(feed.id)).waiting).toEqual(['a', 'b', 'c']);
  expect(await account(feed.id)).toMatchObject({ failures: 0, failingSince: null, lastError: null });
});

test('a lost cursor doubles nothing, and what came meanwhile is no backlog', async () => {
  const feed = await addFeed();
  feed.publish('a', 'old');
  await pollLater(2 * MINUTE);
  for (const cursor of [{}, { known: 'lost' }]) {
    await db.sourceAccount.update({ where: { id: feed.id }, data: { cursor } });
    feed.publish(`b${feeds}`, 'a', 'old');
    await pollLater(2 * MINUTE);
  }
  expect(await messages(feed.id)).toEqual({ waiting: ['a', `b${feeds}`], closed: ['old'] });
  expect(await db.messageRevision.count()).toBe(0);
});

test('a feed that changes its ids delivers nothing again', async () => {
  const feed = await addFeed();
  feed.publish('a', 'old');
  await pollLater(2 * MINUTE);
  server.publish(
    feed.path,
    ['a', 'old'].map((id) => ({ ...entry(id), guid: `https://new/${id}` })),
  );
  await pollLater(2 * MINUTE);
  expect(await messages(feed.id)).toEqual({ waiting: ['a'], closed: ['old'] });
});

test('a schedule that fires twice polls each source once', async () => {
  const made = await Promise.all([1, 2, 3].map(() => addFeed()));
  await pollLater(2 * MINUTE);
  const before = server.requests.length;
  now += 2 * MINUTE;
  const runs = await Promise.all([poll(), poll(), poll()]);
  expect(runs.reduce((sum, { polls }) => sum + polls, 0)).toBe(made.length);
  expect(server.requests.length - before).toBe(made.length);
});

describe('the database away in the middle of a batch', () => {
  test('leaves cursor and messages as they were, and all of it comes after', async () => {
    const feed = await addFeed();
    feed.publish('b', 'a', 'old');
    const before = await account(feed.id);
    // The counters are written last: everything before them has to be undone.
    await db.$executeRaw`ALTER TABLE source_day ADD CONSTRAINT broken CHECK (messages < 0) NOT VALID`;
    try {
      await expect(pollLater(2 * MINUTE)).rejects.toThrow(/broken/);
    } finally {
      await db.$executeRaw`ALTER TABLE source_day DROP CONSTRAINT broken`;
    }
    expect((await messages(feed.id)).waiting).toEqual([]);
    expect((await account(feed.id)).cursor).toEqual(before.cursor);
    // The lease of the poll that died has to end first.
    expect(await pollLater(30_000)).toMatchObject({ polls: 0 });
    await pollLater(MINUTE);
    expect((await messages(feed.id)).waiting).toEqual(['a', 'b']);
  });

  test('and its connections cut while the source is read', async () => {
    const feed = await addFeed();
    feed.publish('a', 'old');
    const publish = feed.publish;
    server.answer(feed.path, (response) => {
      const cut = db.$queryRaw`SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      void cut.catch(() => undefined).then(() => response.destroy());
    });
    await pollLater(2 * MINUTE).catch(() => undefined);
    publish('a', 'old');
    // Each connection that was cut is found out by the query that meets it, and a poll that met one keeps its lease.
    await vi.waitFor(async () => {
      await pollLater(HOUR);
      expect((await messages(feed.id)).waiting).toEqual(['a']);
    }, 10_000);
  });
});

test('a source that is gone is stopped with its reason, and goes on where a person resumes it', async () => {
  const feed = await addFeed();
  server.answer(feed.path, (response) => response.writeHead(410).end());
  await pollLater(2 * MINUTE);
  expect(await account(feed.id)).toMatchObject({
    stopCode: 'source_gone',
    lastError: expect.stringContaining('gone for good') as string,
  });
  expect(await pollLater(HOUR)).toMatchObject({ polls: 0 });
  feed.publish('a', 'old');
  await db.sourceAccount.update({ where: { id: feed.id }, data: { stopCode: null } });
  await poll();
  expect((await messages(feed.id)).waiting).toEqual(['a']);
});

test('a spent budget rests until the next month', async () => {
  const feed = await addFeed({ monthlyReads: 10 });
  await db.sourceDay.updateMany({ where: { sourceAccountId: feed.id }, data: { reads: 10 } });
  await pollLater(2 * MINUTE);
  expect(await account(feed.id)).toMatchObject({
    lastError: 'the budget of 10 reads of this month is spent',
    nextPollAt: new Date(Date.UTC(2026, 1, 1)),
  });
  feed.publish('a', 'old');
  now = Date.UTC(2026, 1, 1);
  await poll();
  expect((await messages(feed.id)).waiting).toEqual(['a']);
});

describe('deliveries', () => {
  let sourceAccountId: string;
  beforeEach(async () => {
    const { id } = await db.sourceAccount.create({ data: { kind: 'manual', handle: 'desk' } });
    sourceAccountId = id;
  });
  const message = (externalId: string, text = `Long BTC ${externalId}`): IncomingMessage => ({
    externalId,
    author: 'ada',
    text,
    postedAt: now,
  });
  const deliver = (delivery: Partial<typeof NOTHING_DELIVERED>) =>
    db.$transaction((tx) =>
      storeDelivery(tx, { sourceAccountId, now }, { ...NOTHING_DELIVERED, ...delivery }),
    );
  const deletion = (externalId: string) => ({ externalId, deletedAt: now });
  const stored = (externalId: string) =>
    db.sourceMessage.findFirstOrThrow({ where: { externalId }, include: { revisions: true } });

  test('of one message at once store it once', async () => {
    const counts = await Promise.all([1, 2, 3, 4].map(() => deliver({ messages: [message('a')] })));
    expect(counts.reduce((sum, each) => sum + each.messages, 0)).toBe(1);
    expect(await messages(sourceAccountId)).toEqual({ waiting: ['a'], closed: [] });
  });

  test('of an edit or a deletion before its message keep it from being traded', async () => {
    await deliver({ edits: [message('a', 'Short BTC')] });
    await deliver({ deletions: [deletion('b')] });
    await deliver({ messages: [message('a'), message('b')] });
    expect(await messages(sourceAccountId)).toEqual({ waiting: [], closed: ['a', 'b'] });
    expect(await stored('a')).toMatchObject({ text: 'Short BTC', revisions: [{ text: 'Long BTC a' }] });
    expect(await stored('b')).toMatchObject({ text: 'Long BTC b', deletedAt: new Date(now), revisions: [] });
    expect(await skips()).toEqual(['edited_before_read', 'message_deleted', 'message_edited']);
  });

  test('of an edit or a deletion take a message from those that wait, once', async () => {
    await deliver({ messages: [message('a'), message('b'), message('c')] });
    for (let times = 0; times < 2; times += 1)
      await deliver({ edits: [message('a', 'Short BTC')], deletions: [deletion('b')] });
    expect(await messages(sourceAccountId)).toEqual({ waiting: ['c'], closed: ['a', 'b'] });
    expect(await skips()).toEqual(['message_deleted', 'message_edited']);
    const days = await db.sourceDay.findMany({ where: { sourceAccountId } });
    expect(days).toMatchObject([{ messages: 3, edits: 1, deletions: 1 }]);
  });

  test.each([
    ['100 kB', 'x'.repeat(100_000)],
    ['zero-width characters', 'L\u200Bo\u200Dng \u2060BTC\uFEFF'],
    ['another script', 'ロング BTC، شراء'],
    ['white space around it', '  Long BTC\n\n'],
  ])('keep a text of %s as it was received', async (_what, text) => {
    await deliver({ messages: [message('a', text)] });
    expect((await stored('a')).text).toBe(text);
    expect(await deliver({ messages: [message('a', text)] })).toMatchObject({ messages: 0, edits: 0 });
  });

  test('keep a text that the database cannot hold as near as it can, once', async () => {
    const text = 'Long \u0000BTC \ud83d';
    for (let times = 0; times < 2; times += 1) await deliver({ messages: [message('a\u0000', text)] });
    expect(await stored('a\uFFFD')).toMatchObject({ text: 'Long \uFFFDBTC \uFFFD', revisions: [] });
  });
});
