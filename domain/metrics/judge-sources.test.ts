import { expect, test } from 'vitest';
import { impactOf } from './impact.ts';
import { judgeSources } from './judge-sources.ts';

const all = { trades: 300, wins: 150, netUsd: '300' };
const source = (
  handle: string,
  weight: number,
  result: { trades: number; wins: number; netUsd: string },
) => ({
  kind: 'x',
  handle,
  weight,
  ...impactOf(result, all),
});

test('the best source weighs 100, others by their impact, a losing one 10, one with few trades as before', () => {
  const proposals = judgeSources(
    [
      source('best', 50, { trades: 100, wins: 70, netUsd: '1000' }),
      source('good', 50, { trades: 100, wins: 60, netUsd: '500' }),
      source('bad', 80, { trades: 100, wins: 20, netUsd: '-1000' }),
      source('new', 30, { trades: 9, wins: 9, netUsd: '5000' }),
    ],
    [
      { kind: 'x', handle: 'bad', confidence: 0.6, netUsd: '-40' },
      { kind: 'x', handle: 'best', confidence: 0.5, netUsd: '25' },
    ],
    0.5,
  );
  expect(proposals.map(({ handle, proposed, why }) => [handle, proposed, why])).toEqual([
    ['best', 100, 'by_impact'],
    ['good', 45, 'by_impact'],
    ['bad', 10, 'no_worth'],
    ['new', 30, 'few_trades'],
  ]);
  expect(proposals.map(({ earnedUsd, wouldHaveEarnedUsd }) => [earnedUsd, wouldHaveEarnedUsd])).toEqual([
    ['25', '25'],
    ['0', '0'],
    ['-40', '0'],
    ['0', '0'],
  ]);
});
