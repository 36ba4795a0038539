import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAnswerBook } from '#activities/pipeline/answer-book.ts';
import type { AnswerBook, Begun, KnownAnswer } from '#classifiers/openai/answer-book.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { listSpendOfToday, type DailyBudget } from '#prisma/repositories/model-spend.ts';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 10 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.stop();
});
beforeEach(async () => {
  await db.modelQuestion.deleteMany();
  await db.modelSpend.deleteMany();
});

const open = (budget: Partial<DailyBudget> = {}, timeoutMs = 5_000): AnswerBook =>
  createAnswerBook(db, { budget: { totalUsd: 1, sourceUsd: 1, ...budget }, timeoutMs });

const question = (key: string, source = 's1', reserveUsd = 0.1) => ({ key, source, reserveUsd });
const ANSWER: KnownAnswer = { raw: '{}', failure: null, model: 'm', requestId: 'r1' };

const statuses = (begun: readonly Begun[]): Record<string, number> =>
  Object.fromEntries(
    [...Map.groupBy(begun, ({ status }) => status)].map(([status, all]) => [status, all.length]),
  );

const spent = async () =>
  Object.fromEntries(
    (await listSpendOfToday(db, Date.now())).map(({ source, usd }) => [source, Number(usd)]),
  );

test('a budget holds over workers that ask at once, and one that is full leaves nothing behind', async () => {
  const [one, other] = [open({ totalUsd: 0.75 }), open({ totalUsd: 0.75 })];
  const begun = await Promise.all(
    Array.from({ length: 20 }, (_, at) => (at % 2 ? one : other).begin(question(`k${at}`))),
  );
  expect(statuses(begun)).toEqual({ begun: 7, over_budget: 13 });
  expect(await spent()).toEqual({ '': 0.7, s1: 0.7 });
  expect(await db.modelQuestion.count()).toBe(7);
  expect(begun.find(({ status }) => status === 'over_budget')).toMatchObject({
    why: 'the 0.75 USD of the day are spent or set aside',
  });
});

test('a source has a budget of its own, and leaves the others theirs', async () => {
  const book = open({ sourceUsd: 0.25 });
  const begun = [];
  for (const key of ['a', 'b', 'c']) begun.push(await book.begin(question(key, 'loud')));
  expect(statuses(begun)).toEqual({ begun: 2, over_budget: 1 });
  expect(await book.begin(question('d', 'quiet'))).toMatchObject({ status: 'begun' });
  expect(await spent()).toEqual({ '': 0.3, loud: 0.2, quiet: 0.1 });
});

test('a question that costs more than the day has is never begun', async () => {
  expect(await open({ totalUsd: 0.05 }).begin(question('k'))).toMatchObject({ status: 'over_budget' });
  expect(await open({ totalUsd: 0 }).begin(question('k'))).toMatchObject({ status: 'over_budget' });
  expect(await spent()).toEqual({});
});

test('what a question has cost takes the place of what was set aside, once', async () => {
  const book = open();
  const begun = await book.begin(question('k'));
  const ended = {
    ...question('k'),
    claim: begun.status === 'begun' ? begun.claim : '',
    spent: { usd: 0.000_123, inputTokens: 700, outputTokens: 90 },
    answer: ANSWER,
  };
  await Promise.all([book.finish(ended), book.finish(ended)]);
  await book.finish(ended);
  expect(await listSpendOfToday(db, Date.now())).toEqual([
    { source: '', usd: '0.000123', questions: 1, inputTokens: 700, outputTokens: 90 },
    { source: 's1', usd: '0.000123', questions: 1, inputTokens: 700, outputTokens: 90 },
  ]);
});

test('an identical question is asked by one worker, and known to all afterwards, at no cost', async () => {
  const begun = await Promise.all(Array.from({ length: 5 }, () => open().begin(question('same'))));
  expect(statuses(begun)).toEqual({ begun: 1, elsewhere: 4 });
  const claim = begun.flatMap((each) => (each.status === 'begun' ? [each.claim] : []))[0] ?? '';
  const nothing = { usd: 0, inputTokens: 0, outputTokens: 0 };
  await open().finish({ ...question('same'), claim, spent: nothing, answer: ANSWER });
  expect(await open().begin(question('same'))).toEqual({ status: 'known', answer: ANSWER });
  expect(await spent()).toEqual({ '': 0, s1: 0 });
});

test('a question without a lasting answer is free again', async () => {
  const book = open();
  const begun = await book.begin(question('k'));
  const claim = begun.status === 'begun' ? begun.claim : '';
  await book.finish({
    ...question('k'),
    claim,
    spent: { usd: 0, inputTokens: 0, outputTokens: 0 },
    answer: null,
  });
  expect(await book.begin(question('k'))).toMatchObject({ status: 'begun' });
});

test('the question of a worker that died is asked again, what it set aside stays, and its late end changes nothing', async () => {
  const book = open();
  const begun = await book.begin(question('k'));
  await db.modelQuestion.update({
    where: { key: 'k' },
    data: { claimedUntil: new Date(Date.now() - 1_000) },
  });
  expect(await book.begin(question('k'))).toMatchObject({ status: 'begun' });
  const late = { usd: 0, inputTokens: 0, outputTokens: 0 };
  const claim = begun.status === 'begun' ? begun.claim : '';
  await book.finish({ ...question('k'), claim, spent: late, answer: ANSWER });
  expect(await spent()).toEqual({ '': 0.2, s1: 0.2 });
  expect(await db.modelQuestion.findUnique({ where: { key: 'k' } })).toMatchObject({ answer: null });
});

test('an answer is asked for again after a week, and old ones go', async () => {
  const book = open();
  const old = new Date(Date.now() - 8 * 86_400_000);
  const keys = Array.from({ length: 5 }, (_, at) => `old${at}`);
  await db.modelQuestion.createMany({
    data: keys.map((key) => ({ key, answer: { raw: '{}' }, createdAt: old })),
  });
  await db.modelSpend.create({
    data: { day: new Date('2020-01-01'), source: '', usd: 1, questions: 1, inputTokens: 1, outputTokens: 1 },
  });
  const begun = await book.begin(question('old0'));
  expect(begun.status).toBe('begun');
  const claim = begun.status === 'begun' ? begun.claim : '';
  await book.finish({
    ...question('old0'),
    claim,
    spent: { usd: 0, inputTokens: 0, outputTokens: 0 },
    answer: ANSWER,
  });
  expect(await db.modelQuestion.findMany({ select: { key: true } })).toEqual([{ key: 'old0' }]);
  expect(await db.modelSpend.count({ where: { day: new Date('2020-01-01') } })).toBe(0);
});

test('an answer with NUL and half a character is kept', async () => {
  const book = open();
  const begun = await book.begin(question('k'));
  const claim = begun.status === 'begun' ? begun.claim : '';
  const raw = 'a\u0000b\uD83D';
  await book.finish({
    ...question('k'),
    claim,
    spent: { usd: 0, inputTokens: 0, outputTokens: 0 },
    answer: { ...ANSWER, raw },
  });
  expect(await book.begin(question('k'))).toMatchObject({
    status: 'known',
    answer: { raw: 'a\uFFFDb\uFFFD' },
  });
});
