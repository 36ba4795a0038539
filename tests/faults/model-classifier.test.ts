import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openDatabase, type Database } from '#prisma/client.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { listSpendOfToday, type DailyBudget } from '#prisma/repositories/model-spend.ts';
import { storeMessages } from '#prisma/repositories/source-messages.ts';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import { cutDatabase } from '../support/cut-database.ts';
import { openModelClassifier, openModelWorker } from '../support/model-worker.ts';
import { addAgent, startPipelineHarness, type PipelineHarness } from '../support/pipeline-harness.ts';

let sandbox: LlmSandbox;
let harness: PipelineHarness;
let db: Database;

beforeAll(async () => {
  sandbox = await startLlmSandbox();
  harness = await startPipelineHarness((own) => openModelClassifier(own, { baseUrl: sandbox.baseUrl }));
  db = harness.db;
});
afterAll(async () => {
  await harness?.stop();
  await sandbox?.close();
});
beforeEach(async () => {
  await db.skippedSignal.deleteMany();
  await db.latestCall.deleteMany();
  await db.signal.deleteMany();
  await db.classification.deleteMany();
  await db.sourceMessage.deleteMany();
  await db.modelQuestion.deleteMany();
  await db.modelSpend.deleteMany();
});
afterEach(() => {
  sandbox.control({ type: 'clearFaults' });
  sandbox.control({ type: 'latency', ms: 0 });
});

const openWorker = (database: Database, budget?: DailyBudget) =>
  openModelWorker(database, { baseUrl: sandbox.baseUrl, ...(budget && { budget }) });

const post = (texts: readonly string[], sourceAccountId = harness.sourceAccountId) =>
  storeMessages(
    db,
    sourceAccountId,
    texts.map((text, at) => ({ externalId: randomUUID(), author: '@a', text, postedAt: Date.now() + at })),
  );

const calls = (count: number, word = 'call') =>
  Array.from({ length: count }, (_, at) => `Long BTC at 60,000, stop 59,000, target 62,000 (${word} ${at})`);

/** Decision and answer of each message, in the order in which they were posted. */
async function decisions() {
  const rows = await db.sourceMessage.findMany({
    orderBy: [{ receivedAt: 'asc' }, { postedAt: 'asc' }],
    select: { text: true, classifications: true },
  });
  return rows.map(({ text, classifications }) => ({ text, ...classifications[0] }));
}

/** The posts with this word that the model was asked about, in order. */
const asked = (word: string): string[] => sandbox.state().posts.filter((text) => text.includes(word));

test.each([
  ['garbage', {}, /^unparsable: /],
  ['otherSchema', {}, /^unparsable: /],
  ['late', { ms: 30_000 }, /^unavailable: no answer within/],
] as const)(
  'after %s the rules decide on the message, its row says why, and the signal is made',
  async (kind, more, why) => {
    await post(calls(1, kind));
    sandbox.control({ type: 'fault', fault: { kind, ...more } });
    const worker = openWorker(db);
    expect(await worker.classifyMessages({ limit: 100 })).toEqual({ classified: 1, more: false });
    expect((await worker.generateSignals({ limit: 100 })).signalIds).toHaveLength(1);
    const [row] = await decisions();
    expect(row).toMatchObject({ label: 'call', decidedBy: 'rules', decidedWhy: expect.stringMatching(why) });
    expect(row?.answer).toMatchObject({ costUsd: expect.any(Number), isShared: false });
  },
);

test('a budget that ends in the middle of a batch is not overdrawn, and every message is decided on', async () => {
  await post(calls(12, 'budget'));
  const worker = openWorker(db, { totalUsd: 0.05, sourceUsd: 100 });
  sandbox.control({ type: 'latency', ms: 30 });
  expect(await worker.classifyMessages({ limit: 100 })).toEqual({ classified: 12, more: false });
  const rows = await decisions();
  const by = Map.groupBy(rows, ({ decidedBy }) => decidedBy);
  expect(by.get('rules')?.length).toBeGreaterThan(0);
  expect(new Set(by.get('rules')?.map(({ decidedWhy }) => decidedWhy))).toEqual(
    new Set(['over_budget: the 0.05 USD of the day are spent or set aside']),
  );
  expect(asked('budget')).toHaveLength(by.get('openai')?.length ?? 0);
  const [all] = await listSpendOfToday(db, Date.now());
  expect(Number(all?.usd)).toBeLessThanOrEqual(0.05);
});

test('two workers on the same messages ask about each text once', async () => {
  await post([...calls(10, 'twice'), ...calls(3, 'twice')]);
  sandbox.control({ type: 'latency', ms: 20 });
  const other = openDatabase(harness.databaseUrl);
  try {
    const workers = [openWorker(db), openWorker(other)];
    await vi.waitFor(async () => {
      await Promise.all(workers.map((worker) => worker.classifyMessages({ limit: 100 })));
      expect(await db.classification.count()).toBe(13);
    }, 20_000);
    expect(asked('twice').toSorted()).toEqual(calls(10, 'twice').toSorted());
    const costs = (await decisions()).map(({ answer }) => answer as { isShared: boolean });
    // A worker may find the answer of the other one before that one has written its row.
    expect(costs.filter(({ isShared }) => isShared).length).toBeGreaterThanOrEqual(3);
  } finally {
    await other.$disconnect();
  }
});

test('a database that goes away in the middle of a batch costs no question twice and no message', async () => {
  const texts = calls(12, 'away');
  await post(texts);
  sandbox.control({ type: 'latency', ms: 150 });
  const run = await harness.client.workflow.start('classify', {
    workflowId: `classify/${randomUUID()}`,
    taskQueue: TASK_QUEUES.pipeline,
    args: [],
  });
  await vi.waitUntil(() => asked('away').length >= 3, 10_000);
  const letIn = await cutDatabase(harness.databaseUrl);
  try {
    await vi.waitUntil(() => sandbox.state().inFlight === 0, 10_000);
  } finally {
    await letIn();
  }
  await run.result();
  await vi.waitFor(async () => expect(await db.classification.count()).toBe(12), 20_000);
  expect(asked('away').toSorted()).toEqual(texts.toSorted());
  expect((await decisions()).map(({ decidedBy }) => decidedBy)).toEqual(texts.map(() => 'openai'));
  await harness.client.workflow.execute('generateSignals', {
    workflowId: `generate/${randomUUID()}`,
    taskQueue: TASK_QUEUES.pipeline,
  });
  expect(await db.signal.count()).toBe(1);
  expect(await db.skippedSignal.count({ where: { code: 'duplicate_signal' } })).toBe(11);
});

test('a source that posts a lot keeps no other one waiting', async () => {
  const { id: quiet } = await ensureSourceAccount(db, { kind: 'file', handle: `quiet-${randomUUID()}` });
  await post(calls(20, 'loud'));
  await post(['Short ETH at 3,000, stop 3,100, target 2,800'], quiet);
  sandbox.control({ type: 'latency', ms: 10 });
  await openWorker(db).classifyMessages({ limit: 5 });
  expect(asked('')).toContain('Short ETH at 3,000, stop 3,100, target 2,800');
  expect(await db.classification.count()).toBe(5);
});

test('a message waits for those that its source sent before it, and for no other source', async () => {
  const { id: other } = await ensureSourceAccount(db, { kind: 'file', handle: `other-${randomUUID()}` });
  await addAgent(db, {
    name: `other ${other}`,
    sources: [{ kind: 'file', handle: `other-${other}`, weight: 100 }],
  });
  await post(['Long BTC at 60,000, stop 59,000 (first)', 'Short BTC at 60,000, stop 61,000 (second)']);
  await post(['Long ETH at 3,000, stop 2,900 (third)'], other);
  sandbox.control({ type: 'fault', fault: { kind: 'late', ms: 1_200, matching: 'first' } });
  const worker = openWorker(db);
  const classifying = worker.classifyMessages({ limit: 100 });
  await vi.waitFor(async () => expect(await db.classification.count()).toBe(2), 10_000);
  await worker.generateSignals({ limit: 100 });
  const evaluated = async () => {
    const rows = await db.sourceMessage.findMany({ where: { evaluatedAt: { not: null } } });
    return rows.map(({ text }) => /\((\w+)\)/.exec(text)?.[1] ?? '').toSorted((a, b) => a.localeCompare(b));
  };
  expect(await evaluated()).toEqual(['third']);
  await classifying;
  await worker.generateSignals({ limit: 100 });
  expect(await evaluated()).toEqual(['first', 'second', 'third']);
  const signals = await db.signal.findMany({ where: { symbol: 'BTC' }, orderBy: { id: 'asc' } });
  expect(signals.map(({ side }) => side)).toEqual(['long', 'short']);
});
