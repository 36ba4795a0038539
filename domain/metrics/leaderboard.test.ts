import { expect, test } from 'vitest';
import { rankAgents, type Contender } from './leaderboard.ts';
import { performanceOf } from './performance.ts';
import { NO_TRADES } from './trade-sums.ts';

const money = { grossUsd: '0', feesUsd: '0', fundingUsd: '0', netUsd: '100', volumeUsd: '0' };

const agent = (name: string, numbers: Partial<Contender['numbers']>): Contender => ({
  agentId: name,
  name,
  numbers: {
    ...performanceOf(money, NO_TRADES, []),
    trades: 20,
    days: 30,
    aprPct: 10,
    bestUsd: '20',
    ...numbers,
  },
});

test('agents stand by APR; those that are equal to a hundredth share a rank, more trades first', () => {
  const ranked = rankAgents([
    agent('b', { aprPct: 12.001 }),
    agent('c', { aprPct: 12.004, trades: 40 }),
    agent('a', { aprPct: 12.002 }),
    agent('last', { aprPct: -3 }),
    agent('first', { aprPct: 90 }),
  ]);
  expect(ranked.map(({ name, rank }) => [name, rank])).toEqual([
    ['first', 1],
    ['c', 2],
    ['a', 2],
    ['b', 2],
    ['last', 5],
  ]);
});

test('young agents, few trades, unknown equity and one lucky trade have no rank, and a reason', () => {
  const ranked = rankAgents([
    agent('lucky', { aprPct: 900, bestUsd: '100' }),
    agent('young', { aprPct: 900, days: 13 }),
    agent('few', { aprPct: 900, trades: 9 }),
    agent('unknown', { aprPct: null }),
    agent('steady', {}),
  ]);
  expect(Object.fromEntries(ranked.map(({ name, rank, unranked }) => [name, rank ?? unranked]))).toEqual({
    steady: 1,
    lucky: 'one_trade',
    young: 'young',
    few: 'few_trades',
    unknown: 'no_equity',
  });
  expect(ranked[0]?.name).toBe('steady');
  expect(rankAgents([agent('few', { trades: 3 })], 3)[0]?.rank).toBe(1);
});
