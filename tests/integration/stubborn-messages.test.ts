import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createClassificationActivities } from '#activities/pipeline/classification.ts';
import { MAX_TRIES, pauseAfter } from '#activities/pipeline/message-tries.ts';
import { createSignalActivities } from '#activities/pipeline/signals.ts';
import type { Classifier } from '#classifiers/classifier.ts';
import { createLogger } from '#observability/logger.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { storeInstruments } from '#prisma/repositories/instruments.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { storeMessages } from '#prisma/repositories/source-messages.ts';
import { addAgent, TEST_PRICES, toInstrument } from '../support/pipeline-harness.ts';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

const BAD = 'unreadable';
const LIMIT = 100;

let database: TestDatabase;
let db: Database;
let sourceAccountId: string;
/** What the steps take for the time. */
let time: number;
/** What the classifier was asked about, in order. */
let asked: string[];

beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 5 });
  const source = await ensureSourceAccount(db, { kind: 'file', handle: 'posts.jsonl' });
  sourceAccountId = source.id;
  await addAgent(db, {
    sources: [{ kind: 'file', handle: 'posts.jsonl', weight: 100 }],
    signalTtlMs: 86_400_000,
  });
  await storeInstruments(db, 'hyperliquid', ['BTC', 'ETH'].map(toInstrument), Date.now());
});
afterAll(async () => {
  await db.$disconnect();
  await database.stop();
});
beforeEach(async () => {
  await db.skippedSignal.deleteMany();
  await db.signal.deleteMany();
  await db.classification.deleteMany();
  await db.sourceMessage.deleteMany();
  time = Date.now();
  asked = [];
});

/** Knows calls for BTC; fails on what it cannot read, in one way or the other. */
const classifier: Classifier = {
  name: 'test/1',
  classify({ text }) {
    asked.push(text);
    if (text.startsWith(BAD)) {
      if (asked.length % 2 === 0) throw new Error('cannot read it');
      return Promise.reject(new Error('cannot read it'));
    }
    const idea = {
      symbol: 'BTC',
      side: 'long' as const,
      entry: null,
      barriers: {},
      leverage: null,
      confidence: 1,
    };
    return Promise.resolve({ label: 'call' as const, confidence: 1, reasons: [], ideas: [idea] });
  },
};

const post = (...texts: string[]) =>
  storeMessages(
    db,
    sourceAccountId,
    texts.map((text) => ({ externalId: randomUUID(), author: '@a', text, postedAt: Date.now() })),
  );

function steps() {
  const logger = createLogger({ level: 'silent', name: 'test' });
  const now = () => time;
  const prices = async () => TEST_PRICES;
  return {
    ...createClassificationActivities({ db, classifier, prices, logger, now }),
    ...createSignalActivities({ db, classifierName: classifier.name, prices, logger, now }),
  };
}

const bad = (count: number) => Array.from({ length: count }, (_, index) => `${BAD} ${index}`);

test('messages the classifier fails on are in nobody’s way', async () => {
  await post(...bad(LIMIT));
  await post('Long BTC');
  const { classifyMessages, generateSignals } = steps();
  expect(await classifyMessages({ limit: LIMIT })).toEqual({ classified: 0, more: true });
  // The one that never failed comes first.
  expect(await classifyMessages({ limit: LIMIT })).toEqual({ classified: 1, more: true });
  expect(asked[LIMIT]).toBe('Long BTC');
  expect(await generateSignals({ limit: LIMIT })).toMatchObject({ signalIds: [expect.any(String)] });
});

test('a message the classifier keeps failing on is asked about ten times, ever more rarely, then set aside', async () => {
  await post(BAD);
  const { classifyMessages, generateSignals } = steps();
  for (let failures = 1; failures < MAX_TRIES; failures += 1) {
    expect(await classifyMessages({ limit: LIMIT })).toEqual({ classified: 0, more: false });
    time += pauseAfter(failures) - 1;
    if (failures > 1) await classifyMessages({ limit: LIMIT });
    expect(asked).toHaveLength(failures);
    time += 1;
  }
  expect(await classifyMessages({ limit: LIMIT })).toEqual({ classified: 1, more: false });
  await classifyMessages({ limit: LIMIT });
  expect(asked).toHaveLength(MAX_TRIES);
  await generateSignals({ limit: LIMIT });
  expect(await db.skippedSignal.findMany()).toMatchObject([
    { code: 'no_idea', text: expect.stringContaining('failed on it 10 times: cannot read it') },
  ]);
});

test('a message that cannot be evaluated rests behind the others, and is set aside at last', async () => {
  await db.$executeRaw`ALTER TABLE signal ADD CONSTRAINT broken CHECK (origin <> 'message') NOT VALID`;
  await post('Long BTC');
  const { classifyMessages, generateSignals } = steps();
  await classifyMessages({ limit: LIMIT });
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    expect(await generateSignals({ limit: LIMIT })).toMatchObject({ signalIds: [], more: false });
    time += 600_000;
  }
  await db.$executeRaw`ALTER TABLE signal DROP CONSTRAINT broken`;
  expect(await generateSignals({ limit: LIMIT })).toMatchObject({ signalIds: [], more: false });
  expect(await db.skippedSignal.findMany()).toMatchObject([
    { code: 'malformed_message', text: expect.stringContaining('Evaluation fails') },
  ]);
});
