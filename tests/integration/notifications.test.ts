import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deliverNext, type DeliveryDeps } from '#activities/notifications/deliver-next.ts';
import { queueEvents } from '#activities/notifications/queue-events.ts';
import { TOPICS } from '#domain/notifications/topics.ts';
import { createNotifiers } from '#notifiers/create-notifiers.ts';
import { sealTarget } from '#notifiers/secret.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { readFeedEnd } from '#prisma/repositories/event-feed.ts';
import {
  createChannel,
  getChannel,
  type ChannelSettings,
} from '#prisma/repositories/notification-channels.ts';
import { recordSystemEvent } from '#prisma/repositories/system-events.ts';
import { startChannelSandbox, type ChannelSandbox } from '#sandbox/channels/server.ts';
import { TEST_MASTER_KEY } from '#tests/support/api.ts';
import { startTestDatabase, type TestDatabase } from '#tests/support/services.ts';

/** From an event in the database to the message at the channel, with the clock in the hand of the test. */
let database: TestDatabase;
let db: Database;
let sandbox: ChannelSandbox;
let deps: DeliveryDeps;
let logged: string[];
let now: number;
const HOUR = 3_600_000;
/** Transactions of other tests on the server hold events back for as long as they run. */
const PATIENCE = { timeout: 20_000 };

beforeAll(async () => {
  [database, sandbox] = await Promise.all([startTestDatabase(), startChannelSandbox()]);
  db = openDatabase(database.url, { poolSize: 5 });
});
afterAll(async () => {
  await sandbox?.close();
  await db?.$disconnect();
  await database?.stop();
});
beforeEach(async () => {
  await db.notificationChannel.deleteMany();
  await db.systemEvent.deleteMany();
  sandbox.faults.clear();
  // Ten in the evening, so that an hour more is the next hour of the clock.
  now = Math.floor(Date.now() / (24 * HOUR)) * 24 * HOUR + 22 * HOUR;
  logged = [];
  const notifiers = createNotifiers({
    telegram: { baseUrl: 'http://127.0.0.1:9', token: null },
    email: { smtpUrl: null, from: 'x@example.com' },
    privateChannels: true,
    timeoutMs: 300,
  });
  const logger = createLogger({
    level: 'debug',
    name: 'test',
    destination: { write: (line: string) => void logged.push(line) },
  });
  deps = { db, notifiers, channelKeys: [TEST_MASTER_KEY], logger, now: () => now };
  await queueAll();
});

interface TestChannel {
  id: string;
  userId: string;
  path: string;
  /** Texts that it was sent, oldest first. */
  texts(): string[];
}

async function addChannel(change: Partial<ChannelSettings> = {}, user?: string): Promise<TestChannel> {
  const id = randomUUID();
  const userId = user ?? (await db.user.create({ data: { name: randomUUID() } })).id;
  const path = `/slack/${id}`;
  await createChannel(db, {
    id,
    userId,
    kind: 'slack',
    name: `desk ${id}`,
    label: 'test',
    link: null,
    target: sealTarget([TEST_MASTER_KEY], id, { url: `${sandbox.url}${path}` }),
    topics: TOPICS,
    minSeverity: 'info',
    digest: 'none',
    quiet: null,
    timeZone: 'UTC',
    ...change,
  });
  const texts = () => sandbox.taken.filter((each) => each.path === path).map(({ body }) => String(body.text));
  return { id, userId, path, texts };
}

const happen = (texts: readonly string[], of: object = {}, type = 'brake_set') =>
  recordSystemEvent(
    db,
    ...texts.map((text) => ({ key: randomUUID(), type, text, ...of, at: new Date(now) })),
  );
const alarm = (text: string) => happen([text], {}, 'key_lost');

/** Reads the outbox until everything that was committed is queued. */
async function queueAll(): Promise<void> {
  const end = await readFeedEnd(db);
  await expect
    .poll(async () => {
      while ((await queueEvents(db, now)).more);
      const reader = await db.eventReader.findUniqueOrThrow({ where: { name: 'notifications' } });
      const left = await db.systemEvent.count({ where: { tx: { gt: reader.tx } } });
      return left === 0 && (await readFeedEnd(db)).tx >= end.tx;
    }, PATIENCE)
    .toBe(true);
}

/** Sends what is due, as the workflow of the channel does, without its pauses. Returns how often it had to wait. */
async function deliver({ id }: TestChannel): Promise<number> {
  for (let waits = 0; ;) {
    const { more, waitMs } = await deliverNext(deps, id);
    if (!more) return waits;
    if (waitMs === undefined) continue;
    waits += 1;
    now += Math.max(1, waitMs);
  }
}

async function tell(channel: TestChannel): Promise<void> {
  await queueAll();
  await deliver(channel);
}
const stateOf = async ({ id }: TestChannel) => getChannel(db, id);

describe('what a person is told', () => {
  test('is what concerns them, of the topics and severity they chose, each once', async () => {
    const channel = await addChannel({ topics: ['breach', 'outage'], minSeverity: 'warning' });
    const other = await addChannel();
    await happen(['for all']);
    await happen(['theirs'], { userId: channel.userId });
    await happen(['of another'], { userId: other.userId });
    await happen(['not important'], {}, 'venue_up');
    await happen(['not chosen'], {}, 'statement_ready');
    await tell(channel);
    await tell(channel);
    expect(channel.texts()).toEqual(['Entries stopped\nfor all', 'Entries stopped\ntheirs']);
  });

  test('waits for the end of quiet hours and comes in one message; alarms do not wait', async () => {
    const channel = await addChannel({ quiet: { from: 21 * 60, to: 7 * 60 } });
    await happen(['first', 'second']);
    await alarm('stop lost');
    await tell(channel);
    expect(channel.texts()).toEqual(['ALARM: Trading key lost\nstop lost']);
    now += 9 * HOUR;
    await deliver(channel);
    expect(channel.texts()).toHaveLength(2);
    expect(channel.texts()[1]).toMatch(/^2 events: 2 breach\n.*: first\n.*: second$/s);
  });

  test('of 5,000 events in a minute are two messages, and the alarm among them is one of its own', async () => {
    const channel = await addChannel();
    await happen(Array.from({ length: 2_500 }, (_, index) => `event ${index}`));
    await alarm('in the middle');
    await happen(Array.from({ length: 2_499 }, (_, index) => `event ${2_500 + index}`));
    await tell(channel);
    const [first, ...others] = channel.texts();
    expect(first).toBe('ALARM: Trading key lost\nin the middle');
    expect(others).toHaveLength(1);
    expect(others[0]).toMatch(/^4999 events: 4999 breach\nthe last 20 of them:/);
    expect(others[0]).toContain('event 4998');
  });

  test('is one message a minute once five were sent in it', async () => {
    const channel = await addChannel();
    for (let index = 0; index < 12; index += 1) {
      await happen([`event ${index}`]);
      await queueAll();
      if ((await deliverNext(deps, channel.id)).waitMs === undefined) await deliverNext(deps, channel.id);
    }
    expect(channel.texts()).toHaveLength(5);
    await deliver(channel);
    expect(channel.texts()).toHaveLength(6);
    expect(channel.texts()[5]).toMatch(/^7 events/);
  });

  test('of what happened before the channel was there is nothing', async () => {
    await happen(['long ago']);
    await queueAll();
    const channel = await addChannel();
    await tell(channel);
    expect(channel.texts()).toEqual([]);
  });
});

const answer = (status: number, body: unknown = '', headers: Record<string, string> = {}) =>
  ({ kind: 'answer', status, body, headers }) as const;

describe('a channel', () => {
  test('that hangs is tried again later, and then told everything in one message', async () => {
    const channel = await addChannel();
    sandbox.faults.add({ kind: 'hang', path: channel.path });
    await happen(['first', 'second']);
    await tell(channel);
    expect(await stateOf(channel)).toMatchObject({
      failures: 1,
      lastError: expect.stringMatching(/did not answer/) as string,
    });
    await deliver(channel);
    expect(channel.texts()).toEqual([]);
    now += 10_000;
    await deliver(channel);
    expect(channel.texts()).toEqual(['Entries stopped\nfirst', 'Entries stopped\nsecond']);
    expect(await stateOf(channel)).toMatchObject({ failures: 0, retryAt: null, lastError: null });
  });

  test('that asks to be left alone for an hour is left alone, and other channels are told meanwhile', async () => {
    const [busy, other] = [await addChannel(), await addChannel()];
    sandbox.faults.add({ ...answer(429, 'slow down', { 'retry-after': '3600' }), path: busy.path, count: 1 });
    await happen(Array.from({ length: 30 }, (_, index) => `event ${index}`));
    await tell(busy);
    await deliver(other);
    expect([busy.texts().length, other.texts().length]).toEqual([0, 1]);
    now += HOUR - 1_000;
    await deliver(busy);
    expect(busy.texts()).toEqual([]);
    now += 2_000;
    await deliver(busy);
    expect(busy.texts()).toHaveLength(1);
  });

  test.each([answer(410, 'channel_is_archived'), answer(403, 'invalid_token'), answer(404, 'no_service')])(
    'that is gone (%o) is switched off, and the person is told by another one',
    async (fault) => {
      const gone = await addChannel();
      const other = await addChannel({ topics: ['channel'] }, gone.userId);
      sandbox.faults.add({ ...fault, path: gone.path });
      await happen(['first', 'second']);
      await tell(gone);
      expect(await stateOf(gone)).toMatchObject({ stopCode: 'slack_webhook_gone' });
      await tell(other);
      expect(other.texts()).toEqual([
        expect.stringMatching(/^Channel switched off\nThe slack channel desk .* notify resume/),
      ]);
      await happen(['third']);
      await tell(gone);
      expect(gone.texts()).toEqual([]);
    },
  );

  test.each([
    answer(500, '<html>oops</html>'),
    answer(200, '<html>sign in</html>'),
    { kind: 'cut' } as const,
  ])('that answers what nobody can read (%o) is tried again', async (fault) => {
    const channel = await addChannel();
    sandbox.faults.add({ ...fault, path: channel.path });
    await happen(['told all the same']);
    await tell(channel);
    now += 10_000;
    await deliver(channel);
    expect(channel.texts()).toEqual(['Entries stopped\ntold all the same']);
  });

  test('that refuses one message is told the next', async () => {
    const channel = await addChannel();
    sandbox.faults.add({ ...answer(400, 'invalid_payload'), path: channel.path });
    await happen(['refused', 'taken']);
    await tell(channel);
    expect(channel.texts()).toEqual(['Entries stopped\ntaken']);
    expect(await db.notification.count({ where: { channelId: channel.id, status: 'failed' } })).toBe(1);
  });

  test('that fails for days is switched off, and what it was not told is given up', async () => {
    const channel = await addChannel();
    sandbox.faults.add({ ...answer(500), path: channel.path, count: 1_000 });
    await happen(['never told']);
    await queueAll();
    for (let hour = 0; hour < 80 && (await stateOf(channel))?.stopCode === null; hour += 1) {
      await deliver(channel);
      now += HOUR;
    }
    expect(await stateOf(channel)).toMatchObject({ stopCode: 'channel_unreachable' });
  });

  test('whose process died while it sent is sent that message again, under its id', async () => {
    const channel = await addChannel();
    sandbox.faults.add({ kind: 'loseAnswer', path: channel.path });
    await happen(['shown']);
    await queueAll();
    const { id } = await db.notification.findFirstOrThrow({ where: { channelId: channel.id } });
    await db.notificationMessage.create({ data: { id, channelId: channel.id } });
    await db.notification.update({ where: { id }, data: { status: 'sending', messageId: id } });
    await deliver(channel);
    now += 10_000;
    await deliver(channel);
    expect(await db.notificationMessage.findMany({ where: { channelId: channel.id } })).toMatchObject([
      { id, status: 'sent', tries: 2 },
    ]);
  });

  test('that is paused is told nothing of that time', async () => {
    const channel = await addChannel();
    await db.notificationChannel.update({ where: { id: channel.id }, data: { status: 'paused' } });
    await happen(['while paused']);
    await tell(channel);
    await db.notificationChannel.update({ where: { id: channel.id }, data: { status: 'active' } });
    await tell(channel);
    expect(channel.texts()).toEqual([]);
  });
});

test('no line of the log holds an address, and none is stored open', async () => {
  const channel = await addChannel();
  sandbox.faults.add({ kind: 'cut', path: channel.path });
  sandbox.faults.add({ ...answer(410), path: channel.path });
  await happen(['first']);
  await tell(channel);
  now += 10_000;
  await deliver(channel);
  expect(logged.length).toBeGreaterThan(1);
  expect(logged.join('')).not.toContain(channel.path);
  const stored = await db.$queryRaw<{ row: string }[]>`
    SELECT row_to_json(each)::text AS row FROM notification_channel AS each
    UNION ALL SELECT row_to_json(each)::text FROM notification_message AS each
    UNION ALL SELECT row_to_json(each)::text FROM system_event AS each`;
  expect(stored.map(({ row }) => row).join('')).not.toContain(channel.path);
});

test('two readers at once queue each event once', async () => {
  const channel = await addChannel();
  await happen(Array.from({ length: 50 }, (_, index) => `event ${index}`));
  await Promise.all([queueAll(), queueAll(), queueAll()]);
  expect(await db.notification.count({ where: { channelId: channel.id } })).toBe(50);
});

test('a reader whose place is ahead of the database begins at its end', async () => {
  const channel = await addChannel();
  await db.eventReader.update({ where: { name: 'notifications' }, data: { tx: 2n ** 50n } });
  await happen(['while nobody could know']);
  await expect
    .poll(async () => {
      await happen(['after the move']);
      await queueAll();
      await deliver(channel);
      return channel.texts().length;
    }, PATIENCE)
    .toBeGreaterThan(0);
});
