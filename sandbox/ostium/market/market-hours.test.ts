import { expect, it } from 'vitest';
import { MarketHours } from './market-hours.ts';
import { findPair } from './pairs.ts';

const venue = new MarketHours('venue');
const stateAt = (pair: string, time: string) => venue.at(findPair(pair), new Date(time));

// New York is 5 hours behind in November and 4 in July.
it.each([
  ['EUR-USD', '2026-11-21T12:00:00Z', false], // Saturday
  ['EUR-USD', '2026-11-22T21:59:59Z', false], // Sunday, a second before 17:00
  ['EUR-USD', '2026-11-22T22:00:00Z', true],
  ['EUR-USD', '2026-11-27T21:59:00Z', true], // Friday, a minute before 17:00
  ['EUR-USD', '2026-11-27T22:00:00Z', false],
  ['EUR-USD', '2026-07-17T21:00:00Z', false], // Friday 17:00 in summer
  ['XAU-USD', '2026-11-24T22:30:00Z', false], // the hour between two days
  ['XAU-USD', '2026-11-24T23:00:00Z', true],
  ['NVDA-USD', '2026-11-24T14:29:00Z', false],
  ['NVDA-USD', '2026-11-24T14:30:00Z', true],
  ['NVDA-USD', '2026-11-24T21:00:00Z', false],
  ['BTC-USD', '2026-11-21T12:00:00Z', true],
])('%s at %s: open is %s', (pair, time, isOpen) => {
  expect(stateAt(pair, time).isOpen).toBe(isOpen);
});

it('closes day trading 15 minutes before the market and says how long until it changes', () => {
  expect(stateAt('NVDA-USD', '2026-11-24T20:44:00Z')).toMatchObject({
    isOpen: true,
    isDayTradingClosed: false,
    secondsToToggleDayTrading: 60,
    secondsToToggle: 960,
  });
  expect(stateAt('NVDA-USD', '2026-11-24T20:45:00Z')).toMatchObject({
    isOpen: true,
    isDayTradingClosed: true,
    // Wednesday 09:30.
    secondsToToggleDayTrading: 17.75 * 3_600,
  });
  expect(stateAt('BTC-USD', '2026-11-24T20:45:00Z').secondsToToggleDayTrading).toBe(-1);
});

it('finds the next opening across the end of the week', () => {
  expect(stateAt('EUR-USD', '2026-11-28T22:00:00Z').secondsToToggle).toBe(86_400);
});

it('has every market open where the clock is not to count', () => {
  const always = new MarketHours('always').at(findPair('NVDA-USD'), new Date('2026-11-21T12:00:00Z'));
  expect(always).toEqual({
    isOpen: true,
    isDayTradingClosed: false,
    secondsToToggleDayTrading: -1,
    secondsToToggle: -1,
  });
});
