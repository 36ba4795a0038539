import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { storeDelivery } from '#activities/intake/store-delivery.ts';
import { NOTHING_DELIVERED } from '#sources/source.ts';
import { createSources } from '#sources/create-sources.ts';
import { changeReactions } from '#prisma/repositories/agents.ts';
import { beginDecision } from '#prisma/repositories/begin-decision.ts';
import { createLogger } from '#observability/logger.ts';
import { findTradeDetails } from '#prisma/repositories/trade-details.ts';
import { startMessageListener } from '#workers/message-listener.ts';
import { requestIngest, watchSources } from '#workers/source-watcher.ts';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  addAgent,
  addDeployment,
  startPipelineHarness,
  type PipelineHarness,
} from '../support/pipeline-harness.ts';
import { testSourceSettings } from '#tests/support/source-settings.ts';

let harness: PipelineHarness;
beforeAll(async () => {
  harness = await startPipelineHarness();
});
afterAll(async () => {
  await harness?.stop();
});
beforeEach(async () => {
  // A fan-out of the test before must not lose its signal on the way.
  await vi.waitUntil(
    async () => (await harness.db.signal.count({ where: { fannedOutAt: null } })) === 0,
    20_000,
  );
  await harness.db.skippedSignal.deleteMany();
  await harness.db.signal.deleteMany();
});

/** Reads what was posted and waits until it has come all the way. */
async function ingest(): Promise<void> {
  await requestIngest(harness.client, harness.sourceAccountId);
  await harness.client.workflow.getHandle(workflowIds.ingest(harness.sourceAccountId)).result();
}

const signals = () =>
  harness.db.signal.findMany({ orderBy: { id: 'asc' }, select: { id: true, symbol: true, side: true } });
const skips = async () => {
  const rows = await harness.db.skippedSignal.findMany({ orderBy: { id: 'asc' }, select: { code: true } });
  return rows.map(({ code }) => code).sort();
};
const fannedOut = () => harness.db.signal.count({ where: { fannedOutAt: { not: null } } });

async function tradesStarted(signalId: string): Promise<number> {
  const deployments = await harness.db.agentDeployment.findMany({ select: { id: true } });
  const described = await Promise.allSettled(
    deployments.map(({ id }) =>
      harness.client.workflow.getHandle(workflowIds.trade(signalId, id)).describe(),
    ),
  );
  return described.filter(({ status }) => status === 'fulfilled').length;
}

/** Runs what the schedule runs every minute. */
const sendAll = () =>
  harness.client.workflow.execute('generateSignals', {
    workflowId: `generate/${randomUUID()}`,
    taskQueue: TASK_QUEUES.pipeline,
  });

test('a call becomes a signal and one trade per deployment', async () => {
  await addDeployment(harness.db, harness.agent.id, harness.agent.ownerId);
  harness.post({ id: 'c1', text: 'Long BTC @ 60k, stop 59k, targets 61k / 62k, 3x' });
  await ingest();
  const [signal, ...others] = await harness.db.signal.findMany();
  expect(others).toEqual([]);
  expect(signal).toMatchObject({
    agentId: harness.agent.id,
    symbol: 'BTC',
    side: 'long',
    origin: 'message',
    leverage: 3,
    requestedVenue: 'MULTI',
    barriers: {
      stopLoss: { price: '59000' },
      takeProfits: [
        { price: '61000', fraction: 0.5 },
        { price: '62000', fraction: 0.5 },
      ],
      timeLimitMs: 86_400_000,
    },
  });
  expect(signal?.referencePrice?.toFixed()).toBe('60000');
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  expect(await tradesStarted(signal?.id ?? '')).toBe(2);
});

test('everything that becomes no signal leaves its reason, and delays nothing', async () => {
  harness.post(
    'this is no JSON\n',
    { id: 's1', text: 'gm everyone' },
    { id: 's2', text: 'Long FOOBAR now, stop 2%' },
    { id: 's3', text: 'Long ETH, stop 3,500' },
    { id: 's4', text: 'Long ETH at 3000, stop 3,500' },
    { id: 's5', text: 'Bought a little SOL' },
    { id: 's6', text: 'Short SOL, stop 2%', postedAt: Date.now() - 3_600_000 },
    { id: 's7', text: 'NUL \u0000 and half \ud83d a pair: BTC' },
    { text: '' },
    { id: 's8', text: 'Short HYPE, stop 2%' },
    { id: 's9', text: 'Again: short HYPE, stop 2%' },
  );
  await ingest();
  expect(await signals()).toMatchObject([{ symbol: 'HYPE', side: 'short' }]);
  expect(await skips()).toEqual(
    [
      'duplicate_signal',
      'low_confidence',
      'malformed_message',
      'malformed_message',
      'no_idea',
      'no_idea',
      'stale',
      'unknown_instrument',
      'wrong_side_stop',
      'wrong_side_stop',
    ].sort(),
  );
});

test('a paused agent, an unheard source and a paused deployment say so', async () => {
  const second = await addAgent(harness.db, {
    name: 'sleeper',
    sources: [{ kind: 'file', handle: harness.path, weight: 80 }],
  });
  await harness.db.agent.update({ where: { id: second.id }, data: { status: 'paused' } });
  const paused = await addDeployment(harness.db, harness.agent.id, harness.agent.ownerId);
  await harness.db.agentDeployment.update({ where: { id: paused }, data: { status: 'paused' } });
  harness.post({ id: 'p1', text: 'Short BTC, stop 2%' });
  await ingest();
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  expect(await skips()).toEqual(['agent_paused', 'deployment_paused']);
});

test('the same posts again, and the same steps again, change nothing', async () => {
  harness.post({ id: 'r1', text: 'Long SOL, stop 2%' });
  await ingest();
  expect(await signals()).toHaveLength(1);
  await harness.db.sourceAccount.update({
    where: { id: harness.sourceAccountId },
    data: { cursor: { offset: 'lost' } },
  });
  const before = await harness.db.sourceMessage.count();
  await ingest();
  expect(await harness.db.sourceMessage.count()).toBe(before);
  expect(await signals()).toHaveLength(1);
  expect(await harness.activities.generateSignals({ limit: 100 })).toMatchObject({
    signalIds: [],
    more: false,
  });
});

test('two workers on the same messages make each signal once', async () => {
  harness.post({ id: 't1', text: 'Long ETH, stop 2%' }, { id: 't2', text: 'Short BTC, tp 3%' });
  await harness.activities.ingestSource({ sourceAccountId: harness.sourceAccountId });
  await Promise.all([1, 2].map(() => harness.activities.classifyMessages({ limit: 100 })));
  const made = await Promise.all([1, 2, 3].map(() => harness.activities.generateSignals({ limit: 100 })));
  expect(made.flatMap(({ signalIds }) => signalIds)).toHaveLength(2);
  expect(await signals()).toHaveLength(2);
  expect(await skips()).not.toContain('duplicate_signal');
  await sendAll();
});

test('a message that cannot be stored is left whole for the next run, and holds up nobody', async () => {
  await harness.db.$executeRaw`ALTER TABLE signal ADD CONSTRAINT broken CHECK (symbol <> 'SOL') NOT VALID`;
  harness.post(
    { id: 'b1', text: 'Long SOL, stop 2%. Short FOOBAR' },
    { id: 'b2', text: 'Long ETH, stop 2%' },
  );
  await ingest();
  expect(await signals()).toMatchObject([{ symbol: 'ETH' }]);
  expect(await skips()).not.toContain('unknown_instrument');
  await harness.db.$executeRaw`ALTER TABLE signal DROP CONSTRAINT broken`;
  await sendAll();
  expect(await signals()).toMatchObject([{ symbol: 'ETH' }, { symbol: 'SOL' }]);
  expect(await skips()).toContain('unknown_instrument');
});

test('a signal whose fan-out was lost is sent by the schedule', async () => {
  harness.post({ id: 'l1', text: 'Long HYPE, stop 2%' });
  await harness.activities.ingestSource({ sourceAccountId: harness.sourceAccountId });
  await harness.activities.classifyMessages({ limit: 100 });
  await harness.activities.generateSignals({ limit: 100 });
  expect(await fannedOut()).toBe(0);
  await sendAll();
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
});

test('a fan-out that runs twice starts each trade once', async () => {
  harness.post({ id: 'f1', text: 'Long SOL, stop 2%' });
  await ingest();
  const [signal] = await signals();
  const signalId = signal?.id ?? '';
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  const trades = await tradesStarted(signalId);
  await harness.client.workflow.execute('signalFanOut', {
    workflowId: `again/${signalId}`,
    taskQueue: TASK_QUEUES.trading,
    args: [{ signalId }],
  });
  expect(await tradesStarted(signalId)).toBe(trades);
});

test('a change of the file is read without anybody asking, also after a rotation', async () => {
  const stop = await watchSources({
    db: harness.db,
    client: harness.client,
    sources: createSources(testSourceSettings(dirname(harness.path))),
    logger: createLogger({ level: 'fatal', name: 'test' }),
  });
  try {
    harness.post({ id: 'w1', text: 'Short ETH, stop 2%' });
    await vi.waitFor(async () => expect(await signals()).toHaveLength(1), 20_000);
    renameSync(harness.path, `${harness.path}.1`);
    harness.post({ id: 'w2', text: 'Short SOL, stop 2%' });
    await vi.waitFor(async () => expect(await signals()).toHaveLength(2), 20_000);
  } finally {
    stop();
  }
});

test('what is stored by any door is heard, and evaluated without anybody asking', async () => {
  const desk = await harness.db.sourceAccount.create({ data: { kind: 'manual', handle: 'desk' } });
  await harness.db.agentSource.create({
    data: { agentId: harness.agent.id, sourceAccountId: desk.id, weight: 100 },
  });
  const stop = startMessageListener({
    client: harness.client,
    databaseUrl: harness.databaseUrl,
    logger: createLogger({ level: 'fatal', name: 'test' }),
  });
  const deliver = (externalId: string, text: string) => {
    const message = { externalId, author: '@desk', text, postedAt: Date.now() };
    return harness.db.$transaction((tx) =>
      storeDelivery(
        tx,
        { sourceAccountId: desk.id, now: Date.now() },
        { ...NOTHING_DELIVERED, messages: [message] },
      ),
    );
  };
  try {
    // The listener may not have connected yet: the first message is then heard with the next one.
    await vi.waitFor(async () => {
      await deliver(randomUUID(), 'Long ETH, stop 2%');
      expect((await signals()).map(({ symbol }) => symbol)).toContain('ETH');
    }, 20_000);
    await deliver('h2', 'Short SOL, stop 2%');
    await vi.waitFor(
      async () => expect((await signals()).map(({ symbol }) => symbol)).toContain('SOL'),
      20_000,
    );
  } finally {
    await stop();
    await harness.db.agentSource.deleteMany({ where: { sourceAccountId: desk.id } });
  }
});

test('an edited and then deleted post is kept with its reasons, told in the story of its trades, and trades nothing', async () => {
  const { id: deploymentId } = await harness.db.agentDeployment.findFirstOrThrow();
  harness.post({ id: 'e1', text: 'Long BTC @ 60k, stop 59k' });
  await ingest();
  const [signal, ...others] = await harness.db.signal.findMany();
  expect(others).toEqual([]);
  const trade = await harness.db.trade.create({
    data: {
      signalId: signal?.id ?? '',
      deploymentId,
      symbol: 'BTC',
      side: 'long',
      accountId: 'edited',
    },
  });

  harness.post(
    { id: 'e1', text: 'Short BTC @ 60k, stop 61k' },
    { id: 'e1', text: 'Long BTC @ 60k, stop 59k' },
  );
  harness.post({ id: 'e1', text: 'Short BTC @ 60k, stop 61k' });
  await ingest();

  const message = await harness.db.sourceMessage.findFirst({
    where: { externalId: 'e1' },
    include: { revisions: true },
  });
  expect(message).toMatchObject({
    text: 'Long BTC @ 60k, stop 59k',
    revisions: [{ text: 'Short BTC @ 60k, stop 61k' }],
  });
  expect((await skips()).filter((code) => code === 'message_edited')).toHaveLength(1);
  expect((await signals()).map(({ side }) => side)).toEqual(['long']);
  const details = await findTradeDetails(harness.db, trade.id);
  expect(details?.signal.message?.revisions).toMatchObject([{ text: 'Short BTC @ 60k, stop 61k' }]);
  expect(details?.events).toMatchObject([
    { type: 'message_edited', text: expect.stringContaining('Short BTC @ 60k, stop 61k') as string },
  ]);

  const deletions = [{ externalId: 'e1', deletedAt: Date.now() }];
  for (let times = 0; times < 2; times += 1)
    await harness.db.$transaction((tx) =>
      storeDelivery(
        tx,
        { sourceAccountId: harness.sourceAccountId, now: Date.now() },
        { ...NOTHING_DELIVERED, deletions },
      ),
    );
  const told = await findTradeDetails(harness.db, trade.id);
  expect(told?.events.map(({ type }) => type)).toEqual(['message_edited', 'message_deleted']);
  expect(told?.phase).toBe('routing');
  await harness.db.tradeEvent.deleteMany({ where: { tradeId: trade.id } });
  await harness.db.trade.delete({ where: { id: trade.id } });
});

test('a trade whose workflow is just being started is told of a post as soon as it is there', async () => {
  const { db, client, activities, sourceAccountId, agent } = harness;
  await changeReactions(db, agent.id, { followUps: 'follow' });
  harness.post({ id: 'told1', text: 'Long BTC @ 60k, stop 59k' });
  await ingest();
  const { id: signalId } = await db.signal.findFirstOrThrow();
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  const deploymentId = await addDeployment(db, agent.id, agent.ownerId);
  await beginDecision(db, { signalId, deploymentId });
  harness.post({ id: 'told2', text: 'BTC long: close now' });
  await activities.ingestSource({ sourceAccountId });
  await activities.classifyMessages({ limit: 10 });
  const telling = await client.workflow.start('generateSignals', {
    workflowId: `generate/${randomUUID()}`,
    taskQueue: TASK_QUEUES.pipeline,
  });
  const hasEvent = async (handle: WorkflowHandle, name: string) =>
    ((await handle.fetchHistory()).events ?? []).some(
      (event) => name in event && event[name as keyof typeof event],
    );
  await vi.waitUntil(() => hasEvent(telling, 'signalExternalWorkflowExecutionFailedEventAttributes'), 20_000);
  const trade = await client.workflow.start('tradeLifecycle', {
    workflowId: workflowIds.trade(signalId, deploymentId),
    taskQueue: TASK_QUEUES.trading,
    args: [{ signalId, deploymentId }],
  });
  await telling.result();
  expect(await hasEvent(trade, 'workflowExecutionSignaledEventAttributes')).toBe(true);
  await changeReactions(db, agent.id, { followUps: 'ignore' });
  await db.tradeInstruction.deleteMany();
  await db.trade.deleteMany({ where: { signalId } });
});

test('a source outside the folders that may be read ends its run with the reason', async () => {
  const source = await harness.db.sourceAccount.create({ data: { kind: 'file', handle: '/etc/hostname' } });
  const failure = await requestIngest(harness.client, source.id)
    .then(() => harness.client.workflow.getHandle(workflowIds.ingest(source.id)).result())
    .catch((error: unknown) => error);
  expect(JSON.stringify(failure, ['cause', 'message', 'type'])).toMatch(
    /SIGNALMAN_FILE_SOURCES.*source_path_refused/,
  );
  expect(await harness.db.sourceMessage.count({ where: { sourceAccountId: source.id } })).toBe(0);
});
