import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import type { Explanation } from '#api/schemas/explanation.ts';
import { renderExplanation } from './explanation.ts';

const PLAIN = picocolors.createColors(false);
const ID = '01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57';
const NOON = Date.UTC(2026, 10, 27, 12);

const message: NonNullable<Explanation['message']> = {
  id: ID,
  source: { kind: 'x', handle: 'caller\u0007' },
  author: '@caller',
  text: 'Half off,\nstop to entry \u001b[2J',
  url: 'https://x.com/caller/1',
  postedAt: NOON,
  receivedAt: NOON + 1_500,
  evaluatedAt: NOON + 2_000,
  deletedAt: NOON + 60_000,
  revisions: [{ text: 'All off', at: NOON + 30_000 }],
  classifications: [
    {
      classifier: 'both/1',
      label: 'noise',
      kind: 'update',
      confidence: 0,
      reasons: ['speaks of a trade that exists\u202e'],
      ideas: [],
      decidedBy: 'rules',
      decidedWhy: 'the model did not answer',
      createdAt: NOON + 1_800,
    },
  ],
  instructions: [
    { tradeId: ID, action: 'reduce', fraction: 0.5, stopPrice: null, endedAt: NOON },
    { tradeId: ID, action: 'move_stop', fraction: null, stopPrice: null, endedAt: null },
  ],
  held: [
    {
      symbol: 'BTC',
      side: 'short',
      until: { kind: 'flat', tradeIds: [ID] },
      expiresAt: NOON + 300_000,
      endedAt: null,
    },
  ],
  skips: [],
};
const explanation = (change: Partial<Explanation>): Explanation => ({
  subject: { kind: 'message', id: ID },
  message,
  signals: [],
  ...change,
});

test('a post that acts on trades shows its words, how they were read, and what they did', () => {
  expect(renderExplanation(explanation({}), PLAIN)).toEqual([
    'message 4c8e0b57  @caller in x:caller⟨U+0007⟩',
    '  “Half off, stop to entry ⟨U+001B⟩[2J”',
    '  posted     2026-11-27 12:00:00 (UTC), received 1.5s after that',
    '  at         https://x.com/caller/1',
    '  edited     2026-11-27 12:00:30: “All off” (not traded)',
    '  deleted    2026-11-27 12:01:00',
    '',
    'read as noise (update), confidence 0.00  both/1',
    '  decided by rules: the model did not answer',
    '  because    speaks of a trade that exists⟨U+202E⟩',
    '',
    'told trade 4c8e0b57  close 50 % of what is open',
    'told trade 4c8e0b57  stop to break-even, not done yet',
    'held short BTC until trades against it are flat, at most until 2026-11-27 12:05:00 (UTC)',
  ]);
});

test.each([
  [{ classifications: [], evaluatedAt: null }, 'not read yet; the pipeline reads messages every minute'],
  [{ evaluatedAt: null }, 'read, not turned into signals yet'],
  [
    { skips: [{ code: 'stale', text: 'Too late\u001b.', createdAt: NOON }] },
    'no signal (stale): Too late⟨U+001B⟩.',
  ],
])('where nothing came of it yet, %j says %s', (change, line) => {
  const quiet = { ...message, instructions: [], held: [], ...change };
  expect(renderExplanation(explanation({ message: quiet }), PLAIN).at(-1)).toBe(line);
});

test('a call by hand has no words, and shows how it was meant and what became of it', () => {
  const signal: Explanation['signals'][number] = {
    id: ID,
    agentId: ID,
    agentName: 'momentum',
    symbol: 'BTC',
    side: 'long',
    origin: 'manual',
    messageId: null,
    confidence: 0.4,
    weightPct: 40,
    sizeModel: { mode: 'riskPercent', percent: 2 },
    barriers: {
      stopLoss: { pct: 5 },
      takeProfits: [{ price: '52000', fraction: 1 }],
      timeLimitMs: 3_600_000,
    },
    requestedVenue: 'MULTI',
    leverage: null,
    referencePrice: '50000',
    maxDriftPct: 1,
    expiresAt: NOON + 300_000,
    createdAt: NOON,
    fannedOutAt: NOON,
    outcome: 'skipped',
    message: null,
    skips: [
      {
        id: ID,
        signalId: ID,
        messageId: null,
        deploymentId: null,
        code: 'no_deployment',
        text: 'Nobody.',
        createdAt: NOON,
      },
    ],
    trades: [],
  };
  expect(renderExplanation(explanation({ message: null, signals: [signal] }), PLAIN)).toEqual([
    'signal 4c8e0b57  long BTC by momentum  skipped',
    '  made       2026-11-27 12:00:00 (UTC); good until 12:05:00.000',
    '  confidence 0.40, weighed at 40 %',
    '  size       2 % of the equity at risk',
    '  exits      stop 5 %, targets 52000, over after 1h 0m',
    '  price then 50000, skipped if it moves by more than 1 %',
    '  not traded (no_deployment): Nobody.',
  ]);
});
