import type { ClassifiedMessage, TradeIdea } from '#classifiers/classifier.ts';
import { asId } from '#domain/ids.ts';
import type { Subscription } from '#prisma/repositories/subscriptions.ts';
import { NO_REACTIONS } from '#domain/reactions.ts';
import { expect, test } from 'vitest';
import { evaluateMessage, type EvaluationInput } from './evaluate-message.ts';

const POSTED = Date.UTC(2026, 0, 1);
const idea: TradeIdea = {
  symbol: 'BTC',
  side: 'long',
  entry: null,
  barriers: {},
  leverage: null,
  confidence: 0.8,
};
const call: ClassifiedMessage = { label: 'call', confidence: 0.8, reasons: ['long BTC'], ideas: [idea] };
const subscription: Subscription = {
  ...NO_REACTIONS,
  agentId: asId('agent-1'),
  agentName: 'momentum',
  status: 'active',
  weight: 100,
  kindWeight: 100,
  minConfidence: 0.5,
  barriers: { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] },
  sizeModel: { mode: 'equityPercent' },
  signalTtlMs: 60_000,
  maxDriftPct: 1,
};
const input: EvaluationInput = {
  message: {
    id: 'message-1',
    sourceAccountId: 'source-1',
    externalId: '1',
    author: '@a',
    text: 'Long BTC',
    postedAt: POSTED,
    receivedAt: POSTED + 1_000,
    tries: 0,
  },
  classified: call,
  subscriptions: [subscription],
  market: { listed: new Set(['BTC', 'xyz:TSLA']), unreached: [], prices: new Map([['BTC', '60000']]) },
  now: POSTED + 2_000,
};

const evaluate = (change: Partial<EvaluationInput>) => evaluateMessage({ ...input, ...change });
const withIdea = (change: Partial<TradeIdea>) =>
  evaluate({ classified: { ...call, ideas: [{ ...idea, ...change }] } });
const withAgent = (change: Partial<Subscription>) =>
  evaluate({ subscriptions: [{ ...subscription, ...change }] });
const codes = ({ skips }: ReturnType<typeof evaluateMessage>) => skips.map(({ code }) => code);

test('a call becomes a signal with the exits of its author over those of the agent', () => {
  const barriers = { stopLoss: { price: '59000' } };
  expect(withIdea({ barriers, leverage: 2.5 })).toEqual({
    skips: [],
    signals: [
      {
        agentId: 'agent-1',
        symbol: 'BTC',
        side: 'long',
        origin: 'message',
        messageId: 'message-1',
        confidence: 0.8,
        sizeModel: { mode: 'equityPercent' },
        barriers: { ...barriers, trailing: [{ activatesAtPct: 0, distancePct: 1 }] },
        requestedVenue: 'MULTI',
        leverage: 2,
        weightPct: 100,
        referencePrice: '60000',
        maxDriftPct: 1,
        calledAt: POSTED,
        expiresAt: POSTED + 60_000,
      },
    ],
  });
});

test('each agent and each idea is judged for itself', () => {
  const second = { ...subscription, agentId: asId<Subscription['agentId']>('agent-2'), weight: 50 };
  const other: TradeIdea = { ...idea, symbol: 'TSLA', side: 'short' };
  const { signals, skips } = evaluate({
    classified: { ...call, ideas: [idea, other] },
    subscriptions: [subscription, second],
  });
  expect(signals.map(({ agentId, symbol, side }) => [agentId, symbol, side])).toEqual([
    ['agent-1', 'BTC', 'long'],
    ['agent-1', 'xyz:TSLA', 'short'],
  ]);
  expect(skips.map(({ subject, code }) => [subject, code])).toEqual([
    ['idea/message-1/agent-2/BTC/long', 'low_confidence'],
    ['idea/message-1/agent-2/TSLA/short', 'low_confidence'],
  ]);
});

test.each([
  ['no_agent', evaluate({ subscriptions: [] })],
  ['agent_paused', withAgent({ status: 'paused' })],
  ['stale', evaluate({ now: POSTED + 60_000 })],
  ['low_confidence', withAgent({ minConfidence: 0.81 })],
  ['unknown_instrument', withIdea({ symbol: 'FOOBAR' })],
  [
    'venue_unreachable',
    evaluate({
      classified: { ...call, ideas: [{ ...idea, symbol: 'FOOBAR' }] },
      market: { listed: new Set(['BTC']), unreached: ['hyperliquid'], prices: new Map() },
    }),
  ],
  ['wrong_side_stop', withIdea({ barriers: { stopLoss: { price: '61000' } } })],
  ['wrong_side_stop', withIdea({ entry: '100', barriers: { stopLoss: { price: '101' } } })],
  ['wrong_side_target', withIdea({ barriers: { takeProfits: [{ price: '59000', fraction: 1 }] } })],
  ['invalid_barriers', withAgent({ barriers: { stopLos: { pct: 5 } } })],
  ['no_idea', evaluate({ classified: { ...call, label: 'opinion' } })],
  ['no_idea', evaluate({ classified: { label: 'noise', confidence: 0, reasons: ['negated'], ideas: [] } })],
])('%s', (code, evaluation) => {
  expect(evaluation.signals).toEqual([]);
  expect(codes(evaluation)).toEqual([code]);
});

test('a refusal says what was found', () => {
  const [skip] = withAgent({ weight: 50, minConfidence: 0.5 }).skips;
  expect(skip?.text).toContain(
    'BTC long: 0.80 from a source trusted at 50 % makes 0.40; momentum asks for 0.50.',
  );
  const noise = evaluate({
    classified: { label: 'noise', confidence: 0, reasons: ['long BTC is negated'], ideas: [] },
  });
  expect(noise.skips[0]?.text).toBe('The message proposes no trade. Read as noise: long BTC is negated.');
});

test('a post dated after its receipt counts from the receipt', () => {
  const message = { ...input.message, postedAt: POSTED + 86_400_000 };
  expect(evaluate({ message }).signals[0]).toMatchObject({ calledAt: POSTED + 1_000 });
});

test('a call whose stop or levels could not be read as they were meant is refused with that reason', () => {
  const problem = { code: 'stop_unreadable', text: 'A stop is written that cannot be read.' } as const;
  expect(withIdea({ problem })).toMatchObject({ signals: [], skips: [problem] });
});

test('a level far from the market is refused, whatever entry the text names', () => {
  expect(codes(withIdea({ barriers: { stopLoss: { price: '59' } } }))).toEqual(['implausible_level']);
  expect(codes(withIdea({ side: 'short', barriers: { stopLoss: { price: '620000' } } }))).toEqual([
    'implausible_level',
  ]);
});

test('a call with stop and targets stands alone, another gets the missing parts of its agent', () => {
  const whole = { stopLoss: { price: '59000' }, takeProfits: [{ price: '63000', fraction: 1 }] };
  expect(withIdea({ barriers: whole }).signals[0]?.barriers).toEqual(whole);
  expect(withIdea({ barriers: { stopLoss: { price: '59000' } } }).signals[0]?.barriers).toEqual({
    trailing: [{ activatesAtPct: 0, distancePct: 1 }],
    stopLoss: { price: '59000' },
  });
});

test('prices of a coin that its venue quotes by the thousand are brought to that scale', () => {
  const barriers = {
    stopLoss: { price: '0.00001' },
    takeProfits: [{ price: '0.000015', fraction: 1 }],
  };
  const market = { listed: new Set(['kPEPE']), unreached: [], prices: new Map([['kPEPE', '0.0112']]) };
  const classified = { ...call, ideas: [{ ...idea, symbol: 'PEPE', entry: '0.0000112', barriers }] };
  expect(evaluate({ classified, market }).signals).toMatchObject([
    {
      symbol: 'kPEPE',
      referencePrice: '0.0112',
      barriers: { stopLoss: { price: '0.01' }, takeProfits: [{ price: '0.015', fraction: 1 }] },
    },
  ]);
});

test('the weight of a kind of source takes from confidence and size alike', () => {
  expect(withAgent({ kindWeight: 75 }).signals).toMatchObject([{ confidence: 0.6, weightPct: 75 }]);
  const [skip] = withAgent({ kindWeight: 50 }).skips;
  expect(skip?.text).toContain(
    'BTC long: 0.80 from a source trusted at 100 % of a kind that counts 50 % makes 0.40',
  );
  expect(codes(withAgent({ kindWeight: 0, minConfidence: 0 }))).toEqual(['low_confidence']);
});
