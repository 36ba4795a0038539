import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';
import { findSystem } from '../find-api.ts';
import { MODEL_QUESTIONS } from '../setup/model-questions.ts';
import { collectAnswers } from '../setup/collect-answers.ts';
import { checkClassifier } from './model.ts';

let sandbox: LlmSandbox;
beforeAll(async () => {
  sandbox = await startLlmSandbox({ key: 'right', models: ['good'] });
});
afterAll(() => sandbox.close());
afterEach(() => {
  sandbox.control({ type: 'clearFaults' });
});

const NO_STATE = { SIGNALMAN_STATE_DIR: join(tmpdir(), 'signalman-no-such-folder') };
const env = (given: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...NO_STATE,
  CLASSIFIER: 'both',
  OPENAI_BASE_URL: sandbox.baseUrl,
  OPENAI_API_KEY: 'right',
  OPENAI_MODEL: 'good',
  ...given,
});
const check = (given?: NodeJS.ProcessEnv) => checkClassifier(findSystem(given ?? env()));

test('a model that reads a post is fine', async () => {
  expect(await check()).toMatchObject({
    status: 'ok',
    detail: expect.stringMatching(/^both: good at .* reads a post in \d+ ms$/),
  });
});

test.each([
  [{ OPENAI_API_KEY: 'wrong' }, 'misconfigured: 401', 'correct OPENAI_API_KEY'],
  [{ OPENAI_MODEL: 'bad' }, 'misconfigured: 404', 'OPENAI_MODEL'],
  [{ OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' }, 'unavailable', 'whether the server is up'],
])('%j is broken, with what to do', async (given, detail, remedy) => {
  const finding = await check(env(given));
  expect(finding).toMatchObject({
    status: 'broken',
    detail: expect.stringContaining(detail),
    remedy: expect.stringContaining(remedy),
  });
  expect(JSON.stringify(finding)).not.toContain('right');
});

test('a server that does not keep the schema is told from one that is down', async () => {
  sandbox.control({ type: 'fault', fault: { kind: 'otherSchema' } });
  expect(await check()).toMatchObject({
    status: 'broken',
    remedy: expect.stringContaining('OPENAI_SCHEMA=json'),
  });
});

test('rules need no model, and a model that is asked for has to be there', async () => {
  const asked = sandbox.state().requests;
  expect(await check(NO_STATE)).toMatchObject({ status: 'off' });
  expect(await check(env({ CLASSIFIER: 'rules' }))).toMatchObject({
    status: 'off',
    remedy: 'set CLASSIFIER=both or openai',
  });
  expect(await check({ ...NO_STATE, CLASSIFIER: 'openai' })).toMatchObject({ status: 'broken' });
  expect(sandbox.state().requests).toBe(asked);
});

test('setup asks for the model, and tries it with everything that was answered', async () => {
  const wanted: Record<string, string[]> = {
    CLASSIFIER: ['openai'],
    OPENAI_BASE_URL: [sandbox.baseUrl],
    OPENAI_MODEL: ['good'],
    OPENAI_API_KEY: ['wrong', 'right'],
  };
  const problems: string[] = [];
  const lines: string[] = [];
  const answers = await collectAnswers(MODEL_QUESTIONS, {
    env: NO_STATE,
    line: (text) => void lines.push(text),
    ask: async ({ variable }) => wanted[variable]?.shift() ?? '',
    onProblem: (text) => void problems.push(text),
  });
  expect(answers).toMatchObject({ CLASSIFIER: 'openai', OPENAI_API_KEY: 'right' });
  expect(problems).toEqual([expect.stringMatching(/^OPENAI_API_KEY cannot be used: .*401/)]);
  expect(lines.at(-1)).toContain('reads a post in');
});
