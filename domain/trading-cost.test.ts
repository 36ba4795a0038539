import { expect, test } from 'vitest';
import { tradingCost, type QuotedCosts } from './trading-cost.ts';

const quote: QuotedCosts = {
  bid: '49995',
  ask: '50005',
  fees: { entryBps: 4.5, exitBps: 4.5, flatUsd: '0' },
  holdingBpsPerHour: { long: 0.125, short: -0.125 },
};
const day = { notionalUsd: '1000', holdMs: 24 * 3_600_000 };

test('spread, fees and funding until the time limit add up', () => {
  expect(tradingCost(quote, { ...day, side: 'long' })).toEqual({
    spreadBps: 2,
    feeBps: 9,
    holdingBps: 3,
    totalBps: 14,
  });
});

test('who is paid for holding pays less', () => {
  expect(tradingCost(quote, { ...day, side: 'short' })).toMatchObject({ holdingBps: -3, totalBps: 8 });
});

test('a flat fee weighs on small trades', () => {
  const flat = { ...quote, fees: { ...quote.fees, flatUsd: '0.1' } };
  expect(tradingCost(flat, { ...day, side: 'long', notionalUsd: '100' })?.feeBps).toBe(19);
  expect(tradingCost(flat, { ...day, side: 'long', notionalUsd: '10000' })?.feeBps).toBe(9.1);
});

test('without both sides of the book nothing can be said', () => {
  expect(tradingCost({ ...quote, ask: null }, { ...day, side: 'long' })).toBeNull();
  expect(tradingCost({ ...quote, bid: '0', ask: '0' }, { ...day, side: 'long' })).toBeNull();
});
