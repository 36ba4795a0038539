import { expect, test } from 'vitest';
import type { OpenCall } from '#domain/structured-call.ts';
import type { Classifier } from '../classifier.ts';
import { withStructuredCalls } from './with-structured-calls.ts';

const words: Classifier = {
  name: 'words/1',
  classify: async () => ({ label: 'noise', confidence: 0, reasons: ['words'], ideas: [] }),
};
const classifier = withStructuredCalls(words);
const message = { text: 'Short ETH now', author: '@a', postedAt: 0 };
const open: OpenCall = {
  action: 'open',
  instrument: 'BTCUSDT',
  side: 'long',
  entry: '62000',
  stop: { price: '60500' },
  targets: [{ price: '63000' }, { pct: 3 }, { pct: 5 }],
  leverage: 3,
  size: { mode: 'riskPercent', percent: 1 },
};

test('a call in fields is taken as it is, under the name of the classifier of words', async () => {
  expect(classifier.name).toBe('words/1');
  expect(await classifier.classify({ ...message, call: open })).toEqual({
    label: 'call',
    kind: 'call',
    confidence: 1,
    reasons: ['a call in fields: BTCUSDT long'],
    ideas: [
      {
        symbol: 'BTCUSDT',
        side: 'long',
        entry: '62000',
        barriers: {
          stopLoss: { price: '60500' },
          takeProfits: [
            { price: '63000', fraction: 0.3333 },
            { pct: 3, fraction: 0.3333 },
            { pct: 5, fraction: 0.3334 },
          ],
        },
        leverage: 3,
        confidence: 1,
        sizeModel: { mode: 'riskPercent', percent: 1 },
      },
    ],
  });
});

test('what it leaves out is left out', async () => {
  const call = { ...open, entry: null, stop: null, targets: [], leverage: null, size: null };
  expect((await classifier.classify({ ...message, call })).ideas).toEqual([
    { symbol: 'BTCUSDT', side: 'long', entry: null, barriers: {}, leverage: null, confidence: 1 },
  ]);
});

test('words go to the classifier behind it', async () => {
  expect((await classifier.classify(message)).reasons).toEqual(['words']);
  expect((await classifier.classify({ ...message, call: null })).reasons).toEqual(['words']);
});
