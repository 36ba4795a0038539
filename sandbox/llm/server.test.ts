import { OpenAI } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { answerSchema } from '#classifiers/openai/answer-schema.ts';
import { FAULT_KINDS, type FaultKind } from './faults.ts';
import { startLlmSandbox, type LlmSandbox } from './server.ts';

const POST = 'Long BTC @ 60k, stop 59k, targets 61k / 62k';

let sandbox: LlmSandbox;
let client: OpenAI;
beforeAll(async () => {
  sandbox = await startLlmSandbox({ key: 'right' });
  client = open('right');
});
afterAll(() => sandbox.close());
afterEach(() => {
  sandbox.control({ type: 'clearFaults' });
});

const open = (apiKey: string): OpenAI =>
  new OpenAI({ apiKey, baseURL: sandbox.baseUrl, maxRetries: 0, timeout: 2_000, logLevel: 'off' });

const respond = (input = POST) =>
  client.responses.parse({
    model: 'any',
    instructions: 'Read it.',
    input,
    text: { format: zodTextFormat(answerSchema, 'reading') },
  });
const complete = (content = POST) =>
  client.chat.completions.parse({
    model: 'any',
    messages: [{ role: 'user', content }],
    response_format: zodResponseFormat(answerSchema, 'reading'),
  });

const READING = {
  label: 'call',
  ideas: [
    {
      symbol: 'BTC',
      side: 'long',
      entry: { quote: '60k', value: '60000', unit: 'price' },
      stop: { quote: '59k', value: '59000', unit: 'price' },
      targets: [{ value: '61000' }, { value: '62000' }],
    },
  ],
};

test('the official client finds its answer in both protocols, with what was counted', async () => {
  const response = await respond();
  expect(response.output_parsed).toMatchObject(READING);
  expect(response.usage?.total_tokens).toBeGreaterThan(0);
  expect(response._request_id).toMatch(/^req-/);
  const completion = await complete();
  expect(completion.choices[0]?.message.parsed).toMatchObject(READING);
  expect(completion.usage?.prompt_tokens).toBeGreaterThan(0);
});

test('it lists models, refuses a wrong key, and does not know other paths', async () => {
  const { data } = await client.models.list();
  expect(data.map(({ id }) => id)).toEqual(['stand-in']);
  await expect(open('wrong').models.list()).rejects.toMatchObject({ status: 401 });
  await expect(client.embeddings.create({ model: 'any', input: 'x' })).rejects.toMatchObject({ status: 404 });
});

/** What the official client makes of each fault in the Responses API; its documentation has the same table. */
const RESPONSES: Record<FaultKind, object> = {
  prose: { name: 'SyntaxError' },
  fences: { name: 'SyntaxError' },
  thinking: { name: 'SyntaxError' },
  otherSchema: { name: 'ZodError' },
  garbage: { name: 'SyntaxError' },
  empty: { name: 'SyntaxError' },
  obey: { output_parsed: { label: 'call' } },
  refusal: { status: 'completed', output_parsed: null },
  truncated: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  contentFilter: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  failed: { status: 'failed', output: [] },
  late: { message: 'Request timed out.' },
  unauthorized: { status: 401 },
  unknownModel: { status: 404 },
  badRequest: { status: 400 },
  rateLimited: { status: 429 },
  serverError: { status: 500 },
  cut: { message: expect.any(String) },
  html: { message: expect.stringContaining('in') },
  wrongUsage: { usage: { input_tokens: -7 } },
  noUsage: { output_parsed: READING },
};

test.each(FAULT_KINDS)('%s is met once by the next request, in the Responses API', async (kind) => {
  sandbox.control({ type: 'fault', fault: { kind, count: 1, ms: 5_000 } });
  const end = await respond().catch((error: unknown) => error);
  expect(end).toMatchObject(RESPONSES[kind]);
  expect((await respond()).output_parsed).toMatchObject(READING);
});

test.each([
  ['refusal', { choices: [{ message: { parsed: null, refusal: expect.stringContaining('sorry') } }] }],
  ['truncated', { message: expect.stringContaining('length limit') }],
  ['contentFilter', { message: expect.stringContaining('content filter') }],
  ['rateLimited', { status: 429 }],
] as const)('%s ends a chat completion as the real service does', async (kind, expected) => {
  sandbox.control({ type: 'fault', fault: { kind, count: 1 } });
  const end = await complete().catch((error: unknown) => error);
  expect(end).toMatchObject(expected);
});

test('a limit says when to come back', async () => {
  sandbox.control({ type: 'fault', fault: { kind: 'rateLimited', count: 1, retryAfterS: 7 } });
  const error = await complete().catch((thrown: unknown) => thrown);
  expect((error as { headers: Headers }).headers.get('retry-after')).toBe('7');
});

test('a fault can wait for a post, an answer can be given, and the state tells what was asked', async () => {
  sandbox.control({ type: 'fault', fault: { kind: 'serverError', count: 1, matching: 'ETH' } });
  await respond();
  await expect(respond('Short ETH')).rejects.toMatchObject({ status: 500 });
  const answer = { reasons: [], label: 'opinion', kind: 'news', ideas: [] };
  sandbox.control({ type: 'answer', post: 'gm', answer });
  expect((await respond('<<<POST ab1\ngm\nPOST ab1>>>\nAnswer.')).output_parsed).toEqual(answer);
  expect(sandbox.state().posts.slice(-3)).toEqual([POST, 'Short ETH', 'gm']);
});

test.each([[{}], [{ type: 'fault', fault: { kind: 'moon' } }], [{ type: 'latency', ms: -1 }]])(
  'the command %j is refused with status 400',
  async (command) => {
    const response = await fetch(new URL('/control', sandbox.baseUrl), {
      method: 'POST',
      body: JSON.stringify(command),
    });
    expect(response.status).toBe(400);
  },
);
