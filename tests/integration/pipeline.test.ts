import { randomUUID } from 'node:crypto';
import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { ensureSchedules, ingestScheduleId } from '#temporal/schedules.ts';
import { createFileSource } from '#sources/file/file-source.ts';
import { createLogger } from '#observability/logger.ts';
import { requestIngest, watchSources } from '#workers/source-watcher.ts';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { addAgent, addDeployment, startPipelineRig, type PipelineRig } from '../support/pipeline-rig.ts';

let rig: PipelineRig;
beforeAll(async () => {
  rig = await startPipelineRig();
});
afterAll(async () => {
  await rig?.stop();
});
beforeEach(async () => {
  // A fan-out of the test before must not lose its signal on the way.
  await vi.waitUntil(async () => (await rig.db.signal.count({ where: { fannedOutAt: null } })) === 0, 20_000);
  await rig.db.skippedSignal.deleteMany();
  await rig.db.signal.deleteMany();
});

/** Reads what was posted and waits until it has come all the way. */
async function ingest(): Promise<void> {
  await requestIngest(rig.client, rig.sourceAccountId);
  await rig.client.workflow.getHandle(workflowIds.ingest(rig.sourceAccountId)).result();
}

const signals = () =>
  rig.db.signal.findMany({ orderBy: { id: 'asc' }, select: { id: true, symbol: true, side: true } });
const skips = async () => {
  const rows = await rig.db.skippedSignal.findMany({ orderBy: { id: 'asc' }, select: { code: true } });
  return rows.map(({ code }) => code).sort();
};
const fannedOut = () => rig.db.signal.count({ where: { fannedOutAt: { not: null } } });

async function tradesStarted(signalId: string): Promise<number> {
  const deployments = await rig.db.agentDeployment.findMany({ select: { id: true } });
  const described = await Promise.allSettled(
    deployments.map(({ id }) => rig.client.workflow.getHandle(workflowIds.trade(signalId, id)).describe()),
  );
  return described.filter(({ status }) => status === 'fulfilled').length;
}

/** Runs what the schedule runs every minute. */
const sendAll = () =>
  rig.client.workflow.execute('generateSignals', {
    workflowId: `generate/${randomUUID()}`,
    taskQueue: TASK_QUEUES.pipeline,
  });

test('a call becomes a signal and one trade per deployment', async () => {
  await addDeployment(rig.db, rig.agent.id, rig.agent.ownerId);
  rig.post({ id: 'c1', text: 'Long BTC @ 60k, stop 59k, targets 61k / 62k, 3x' });
  await ingest();
  const [signal, ...others] = await rig.db.signal.findMany();
  expect(others).toEqual([]);
  expect(signal).toMatchObject({
    agentId: rig.agent.id,
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
  rig.post(
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
  const second = await addAgent(rig.db, {
    name: 'sleeper',
    sources: [{ kind: 'file', handle: rig.path, weight: 80 }],
  });
  await rig.db.agent.update({ where: { id: second.id }, data: { status: 'paused' } });
  const paused = await addDeployment(rig.db, rig.agent.id, rig.agent.ownerId);
  await rig.db.agentDeployment.update({ where: { id: paused }, data: { status: 'paused' } });
  rig.post({ id: 'p1', text: 'Short BTC, stop 2%' });
  await ingest();
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  expect(await skips()).toEqual(['agent_paused', 'deployment_paused']);
});

test('the same posts again, and the same steps again, change nothing', async () => {
  rig.post({ id: 'r1', text: 'Long SOL, stop 2%' });
  await ingest();
  expect(await signals()).toHaveLength(1);
  await rig.db.sourceAccount.update({
    where: { id: rig.sourceAccountId },
    data: { cursor: { offset: 'lost' } },
  });
  const before = await rig.db.sourceMessage.count();
  await ingest();
  expect(await rig.db.sourceMessage.count()).toBe(before);
  expect(await signals()).toHaveLength(1);
  expect(await rig.activities.generateSignals({ limit: 100 })).toEqual({ signalIds: [], more: false });
});

test('two workers on the same messages make each signal once', async () => {
  rig.post({ id: 't1', text: 'Long ETH, stop 2%' }, { id: 't2', text: 'Short BTC, tp 3%' });
  await rig.activities.ingestSource({ sourceAccountId: rig.sourceAccountId });
  await Promise.all([1, 2].map(() => rig.activities.classifyMessages({ limit: 100 })));
  const made = await Promise.all([1, 2, 3].map(() => rig.activities.generateSignals({ limit: 100 })));
  expect(made.flatMap(({ signalIds }) => signalIds)).toHaveLength(2);
  expect(await signals()).toHaveLength(2);
  expect(await skips()).not.toContain('duplicate_signal');
  await sendAll();
});

test('a message that cannot be stored is left whole for the next run, and holds up nobody', async () => {
  await rig.db.$executeRaw`ALTER TABLE signal ADD CONSTRAINT broken CHECK (symbol <> 'SOL') NOT VALID`;
  rig.post({ id: 'b1', text: 'Long SOL, stop 2%. Short FOOBAR' }, { id: 'b2', text: 'Long ETH, stop 2%' });
  await ingest();
  expect(await signals()).toMatchObject([{ symbol: 'ETH' }]);
  expect(await skips()).not.toContain('unknown_instrument');
  await rig.db.$executeRaw`ALTER TABLE signal DROP CONSTRAINT broken`;
  await sendAll();
  expect(await signals()).toMatchObject([{ symbol: 'ETH' }, { symbol: 'SOL' }]);
  expect(await skips()).toContain('unknown_instrument');
});

test('a signal whose fan-out was lost is sent by the schedule', async () => {
  rig.post({ id: 'l1', text: 'Long HYPE, stop 2%' });
  await rig.activities.ingestSource({ sourceAccountId: rig.sourceAccountId });
  await rig.activities.classifyMessages({ limit: 100 });
  await rig.activities.generateSignals({ limit: 100 });
  expect(await fannedOut()).toBe(0);
  await sendAll();
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
});

test('a fan-out that runs twice starts each trade once', async () => {
  rig.post({ id: 'f1', text: 'Long SOL, stop 2%' });
  await ingest();
  const [signal] = await signals();
  const signalId = signal?.id ?? '';
  await vi.waitFor(async () => expect(await fannedOut()).toBe(1), 20_000);
  const trades = await tradesStarted(signalId);
  await rig.client.workflow.execute('signalFanOut', {
    workflowId: `again/${signalId}`,
    taskQueue: TASK_QUEUES.trading,
    args: [{ signalId }],
  });
  expect(await tradesStarted(signalId)).toBe(trades);
});

test('a change of the file is read without anybody asking, also after a rotation', async () => {
  const stop = await watchSources({
    client: rig.client,
    sources: new Map([['file', createFileSource([dirname(rig.path)])]]),
    listSources: () => rig.activities.listSources(),
    logger: createLogger({ level: 'fatal', name: 'test' }),
  });
  try {
    rig.post({ id: 'w1', text: 'Short ETH, stop 2%' });
    await vi.waitFor(async () => expect(await signals()).toHaveLength(1), 20_000);
    renameSync(rig.path, `${rig.path}.1`);
    rig.post({ id: 'w2', text: 'Short SOL, stop 2%' });
    await vi.waitFor(async () => expect(await signals()).toHaveLength(2), 20_000);
  } finally {
    stop();
  }
});

test('a source outside the folders that may be read ends its run with the reason', async () => {
  const source = await rig.db.sourceAccount.create({ data: { kind: 'file', handle: '/etc/hostname' } });
  const failure = await requestIngest(rig.client, source.id)
    .then(() => rig.client.workflow.getHandle(workflowIds.ingest(source.id)).result())
    .catch((error: unknown) => error);
  expect(JSON.stringify(failure, ['cause', 'message', 'type'])).toMatch(
    /SIGNALMAN_FILE_SOURCES.*source_path_refused/,
  );
  expect(await rig.db.sourceMessage.count({ where: { sourceAccountId: source.id } })).toBe(0);
});

test('schedules are made once, brought up to date, and stay paused when a person paused them', async () => {
  const sources = [{ sourceAccountId: rig.sourceAccountId }];
  await ensureSchedules(rig.client, sources);
  const handle = rig.client.schedule.getHandle(ingestScheduleId(rig.sourceAccountId));
  await handle.pause('maintenance');
  await ensureSchedules(rig.client, sources);
  const { state, spec, action } = await handle.describe();
  expect(state).toMatchObject({ paused: true, note: 'maintenance' });
  expect(spec.intervals).toMatchObject([{ every: 60_000 }]);
  expect(action).toMatchObject({ workflowType: 'ingest', taskQueue: 'pipeline', args: sources });
});
