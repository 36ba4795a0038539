import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';
import type { FaultKind } from '#sandbox/llm/faults.ts';
import type { Classifier } from '../classifier.ts';
import type { AnswerBook, Begun, Ended } from './answer-book.ts';
import { createModelClassifier, type ModelMode } from './classifier.ts';
import { PROTOCOLS, SCHEMA_MODES, type ModelOptions } from './options.ts';
import { standInOptions } from './testing.ts';

const CALL = 'Long BTC @ 60k, stop 59k, targets 61k / 62k';

let sandbox: LlmSandbox;
beforeAll(async () => {
  sandbox = await startLlmSandbox();
});
afterAll(() => sandbox.close());
afterEach(() => {
  sandbox.control({ type: 'clearFaults' });
  sandbox.control({ type: 'latency', ms: 0 });
});

const open = (given: Partial<ModelOptions> = {}, mode: ModelMode = 'openai', book?: AnswerBook): Classifier =>
  createModelClassifier({ mode, model: standInOptions(sandbox.baseUrl, given), ...(book && { book }) });

const classify = (classifier: Classifier, text = CALL) =>
  classifier.classify({ text, author: '@a', postedAt: 0, source: 's1' });

const fault = (kind: FaultKind, more: object = {}): void =>
  void sandbox.control({ type: 'fault', fault: { kind, ...more } });

const BARE = { entry: null, stop: null, targets: [], leverage: null, confidence: 1 };

const asked = (): number => sandbox.state().requests;

const WAYS = PROTOCOLS.flatMap((protocol) => SCHEMA_MODES.map((schema) => ({ protocol, schema })));

test.each(WAYS)(
  'the model decides by $protocol with $schema, and its raw answer is kept with its cost',
  async (way) => {
    const { label, ideas, decision, answer } = await classify(open(way));
    expect({ label, decision }).toEqual({ label: 'call', decision: { by: 'openai', why: null } });
    expect(ideas).toMatchObject([
      {
        symbol: 'BTC',
        side: 'long',
        entry: '60000',
        barriers: { stopLoss: { price: '59000' } },
        confidence: 0.9,
      },
    ]);
    expect(JSON.parse(answer?.raw ?? '')).toMatchObject({ label: 'call' });
    expect(answer).toMatchObject({
      model: 'stand-in',
      requestId: expect.stringMatching(/^req-/),
      isShared: false,
    });
    const { inputTokens, outputTokens, costUsd } = answer!;
    expect(costUsd).toBeCloseTo(((inputTokens ?? 0) * 1 + (outputTokens ?? 0) * 10) / 1e6, 9);
  },
);

test.each(['prose', 'fences', 'thinking', 'wrongUsage', 'noUsage'] as const)(
  'an answer with %s is read all the same',
  async (kind) => {
    for (const protocol of PROTOCOLS) {
      fault(kind);
      const { decision, ideas } = await classify(open({ protocol }));
      expect(decision).toEqual({ by: 'openai', why: null });
      expect(ideas).toHaveLength(1);
    }
  },
);

/** Who is asked how often, and why the rules decide. */
const FAILURES: [FaultKind, RegExp, number][] = [
  ['refusal', /^refused: I'm sorry/, 1],
  ['truncated', /^incomplete: (max_output_tokens|length)$/, 1],
  ['contentFilter', /^incomplete: content_filter$/, 1],
  ['empty', /^unparsable: the answer is empty$/, 2],
  ['otherSchema', /^unparsable: the answer has another shape/, 2],
  ['garbage', /^unparsable: the answer holds no JSON object$/, 2],
  ['html', /^unparsable: what answers is no such service$/, 2],
  ['failed', /^unavailable: The model failed/, 2],
  ['serverError', /^unavailable: 500/, 2],
  ['cut', /^unavailable: /, 2],
  ['unauthorized', /^misconfigured: 401/, 1],
  ['unknownModel', /^misconfigured: 404/, 1],
  ['badRequest', /^misconfigured: 400/, 1],
];

test.each(FAILURES)('after %s the rules decide, and the result says why', async (kind, why, requests) => {
  for (const protocol of PROTOCOLS) {
    sandbox.control({ type: 'clearFaults' });
    fault(kind);
    const before = asked();
    const { label, ideas, decision, answer } = await classify(open({ protocol }));
    expect(decision).toEqual({ by: 'rules', why: expect.stringMatching(why) });
    expect({ label, symbol: ideas[0]?.symbol }).toEqual({ label: 'call', symbol: 'BTC' });
    expect(asked() - before).toBe(requests);
    expect(JSON.stringify(answer)).not.toContain('sk-test-secret');
  }
});

test('what fails once is asked once more, within the time of the message', async () => {
  fault('garbage', { count: 1 });
  expect((await classify(open())).decision).toEqual({ by: 'openai', why: null });
  fault('rateLimited', { count: 1, retryAfterS: 0 });
  expect((await classify(open())).decision).toEqual({ by: 'openai', why: null });
});

test('a model that is late does not hold a message beyond its time', async () => {
  fault('late', { ms: 30_000 });
  const { decision, answer } = await classify(open({ timeoutMs: 300 }));
  expect(decision).toEqual({
    by: 'rules',
    why: expect.stringMatching(/^unavailable: no answer within \d+ ms$/),
  });
  // What the server may have counted is paid for.
  expect(answer?.costUsd).toBeGreaterThan(0.01);
});

test('nobody listens: the rules decide', async () => {
  const { decision } = await classify(open({ baseUrl: 'http://127.0.0.1:9/v1' }));
  expect(decision?.why).toMatch(/^unavailable: /);
});

test('a model that is down is left alone, and asked again once it said when', async () => {
  const classifier = open();
  fault('rateLimited', { count: 1, retryAfterS: 30 });
  const before = asked();
  await classify(classifier, 'Long BTC one');
  const { decision } = await classify(classifier, 'Long BTC two');
  expect(decision).toEqual({
    by: 'rules',
    why: expect.stringMatching(/^not asked: the model is left alone after unavailable: 429/),
  });
  expect(asked() - before).toBe(1);
});

test('identical texts are asked about once, also while the first is under way', async () => {
  sandbox.control({ type: 'latency', ms: 50 });
  const classifier = open();
  const before = asked();
  const all = await Promise.all(
    ['Long  BTC now', 'Long BTC now ', 'Long BTC now'].map((text) => classify(classifier, text)),
  );
  const later = await classify(classifier, 'Long BTC now');
  expect(asked() - before).toBe(1);
  expect([...all, later].map(({ answer }) => answer?.isShared)).toEqual([false, true, true, true]);
  expect(all.map(({ answer }) => answer?.costUsd).filter((usd) => usd === 0)).toHaveLength(2);
  await classify(classifier, 'long btc now');
  expect(asked() - before).toBe(2);
});

test('with both, the rules are asked first, and the model only about their calls', async () => {
  const classifier = open({}, 'both');
  const before = asked();
  const noise = await classify(classifier, 'gm, what a day');
  expect(noise.decision).toEqual({ by: 'rules', why: 'not asked: the rules read no call to confirm' });
  expect(asked() - before).toBe(0);
  const call = await classify(classifier, 'Long BTC @ 60k, stop 59k, target 61k now');
  expect(call).toMatchObject({
    label: 'call',
    decision: { by: 'both', why: null },
    ideas: [{ problem: null }],
  });
});

test('a close is read by the rules alone, and a denied side is not traded', async () => {
  const before = asked();
  const close = await classify(open(), 'Closing my ETH long here, target hit');
  expect(close.decision).toEqual({
    by: 'rules',
    why: 'not asked: the rules alone read what is close',
  });
  expect(asked() - before).toBe(0);
  const post = 'Whales are shorting BTC at 60k';
  const idea = { symbol: 'BTC', symbolQuote: 'BTC', side: 'short', sideQuote: 'shorting', confidence: 1 };
  const answer = { reasons: [], label: 'call', kind: 'call', ideas: [{ ...BARE, ...idea }] };
  sandbox.control({ type: 'answer', post, answer });
  expect(await classify(open(), post)).toMatchObject({
    ideas: [{ problem: { code: 'classifiers_disagree' } }],
  });
});

test('a text that the model reads as no call has the kind of the rules, or is torn', async () => {
  for (const [post, kind] of [
    ['Long SOL at 150, stop 140, target 170', 'contradiction'],
    ['BTC looks strong today', 'opinion'],
  ]) {
    sandbox.control({
      type: 'answer',
      post,
      answer: { reasons: [], label: 'noise', kind: 'close', ideas: [] },
    });
    const read = await classify(open(), post);
    expect(read).toMatchObject({ label: 'noise', kind, ideas: [], reasons: ['the model reads close'] });
  }
});

const DISAGREEMENTS = {
  'another side': {
    label: 'call',
    ideas: [{ symbol: 'BTC', symbolQuote: 'BTC', side: 'short', sideQuote: 'sell' }],
  },
  'another instrument': {
    label: 'call',
    ideas: [{ symbol: 'ETH', symbolQuote: 'ETH', side: 'long', sideQuote: 'Long' }],
  },
  'no call': { label: 'noise', kind: 'result', ideas: [] },
};

test.each(Object.entries(DISAGREEMENTS))('with both, %s is no trade and says so', async (name, said) => {
  const post = `Long BTC @ 60k, stop 59k, target 61k; I sell nothing, ETH is fine (${name})`;
  const ideas = said.ideas.map((idea) => ({ ...BARE, ...idea }));
  sandbox.control({ type: 'answer', post, answer: { reasons: [], kind: 'call', ...said, ideas } });
  const { decision, ideas: read, reasons } = await classify(open({}, 'both'), post);
  expect(decision).toEqual({
    by: 'both',
    why: expect.stringContaining('classifiers_disagree: The rules read long BTC'),
  });
  expect(new Set(read.map(({ problem }) => problem?.code))).toEqual(new Set(['classifiers_disagree']));
  expect(reasons[0]).toContain('classifiers_disagree');
});

test('over budget, the rules decide and nothing is asked; an end that cannot be written down is written later', async () => {
  const ends: Ended[] = [];
  const answers: Begun[] = [
    { status: 'begun', claim: 'c1' },
    { status: 'over_budget', why: 'the 5 USD of the day are spent' },
  ];
  let isAway = true;
  const book: AnswerBook = {
    begin: async () => answers.shift() ?? { status: 'elsewhere' },
    async finish(ended) {
      if (isAway) throw new Error('the database is away');
      ends.push(ended);
    },
  };
  const classifier = open({}, 'openai', book);
  const before = asked();
  expect((await classify(classifier)).decision?.by).toBe('openai');
  // A second message with the text while the database is away is not asked about again.
  expect((await classify(classifier)).answer?.isShared).toBe(true);
  expect(ends).toEqual([]);
  isAway = false;
  const { decision } = await classify(classifier, 'Long ETH');
  expect(decision).toEqual({ by: 'rules', why: 'over_budget: the 5 USD of the day are spent' });
  expect(ends).toMatchObject([{ claim: 'c1', answer: { failure: null } }]);
  expect(asked() - before).toBe(1);
  await expect(classify(classifier, 'Long SOL')).rejects.toThrow('another process asks');
});

test('the name tells model, prompt and rules', async () => {
  expect(open().name).toMatch(/^openai\/stand-in\/[0-9a-f]{8}\+rules\/\d+$/);
  expect(open({}, 'both').name).toMatch(/^both\//);
});
