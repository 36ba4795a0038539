import { afterAll, beforeAll, expect, test } from 'vitest';
import { weighAgent } from '#prisma/repositories/agents.ts';
import { addAgent, startPipelineHarness, type PipelineHarness } from '#tests/support/pipeline-harness.ts';
import { requestIngest } from '#workers/source-watcher.ts';
import { workflowIds } from '#workflows/names.ts';

/** What the weights of an agent do to a call on its way from a file to a signal. */
let harness: PipelineHarness;
beforeAll(async () => {
  harness = await startPipelineHarness();
});
afterAll(() => harness?.stop());

const sources = () => [{ kind: 'file' as const, handle: harness.path, weight: 100 }];

async function ingest(): Promise<void> {
  await requestIngest(harness.client, harness.sourceAccountId);
  await harness.client.workflow.getHandle(workflowIds.ingest(harness.sourceAccountId)).result();
}

test('agents that weigh files differently make different signals of one post, or none', async () => {
  const { db, agent: full } = harness;
  const half = await addAgent(db, { name: 'half', sources: sources(), minConfidence: 0.1 });
  const strict = await addAgent(db, { name: 'strict', sources: sources(), minConfidence: 0.5 });
  const deaf = await addAgent(db, { name: 'deaf', sources: sources(), minConfidence: 0 });
  await weighAgent(db, half.id, { weights: { file: 50 }, sources: [] });
  await weighAgent(db, strict.id, { weights: { file: 50 }, sources: [] });
  await weighAgent(db, deaf.id, { weights: { file: 0, x: 100 }, sources: [] });
  harness.post({ id: 'weighed', text: 'Long BTC @ 60k, stop 59k, targets 61k / 62k, 3x' });
  await ingest();
  const signals = await db.signal.findMany({ select: { agentId: true, confidence: true, weightPct: true } });
  const of = (agentId: string) => signals.find((signal) => signal.agentId === agentId);
  expect(of(full.id)?.weightPct).toBe(100);
  expect(of(half.id)).toMatchObject({
    weightPct: 50,
    confidence: expect.closeTo((of(full.id)?.confidence ?? NaN) / 2, 4),
  });
  expect([of(strict.id), of(deaf.id)]).toEqual([undefined, undefined]);
  const skips = await db.skippedSignal.findMany({ select: { code: true, text: true } });
  expect(skips.map(({ code }) => code)).toEqual(['low_confidence', 'low_confidence']);
  expect(skips.map(({ text }) => text).join()).toContain('of a kind that counts 0 %');
});

test('weights that change keep the others, and take a source in once', async () => {
  const { db } = harness;
  const agent = await addAgent(db, { name: 'changing' });
  await weighAgent(db, agent.id, { weights: { x: 10, manual: 20 }, sources: sources() });
  await weighAgent(db, agent.id, { weights: { x: 30 }, scoreUse: 'veto', sources: [] });
  await weighAgent(db, agent.id, { sources: [{ ...sources()[0]!, weight: 40 }] });
  const row = await db.agent.findUniqueOrThrow({ where: { id: agent.id }, include: { sources: true } });
  expect(row).toMatchObject({ weights: { x: 30, manual: 20 }, scoreUse: 'veto', version: 4 });
  expect(row.sources.map(({ weight }) => weight)).toEqual([40]);
});
