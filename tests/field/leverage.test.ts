import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Leverage in every order of words, and returns on margin turned into percents of price. Whether a stop of 20 % means price
 * or margin is asked again and again (freqtrade/freqtrade #7163, #8129; richkuo/go-trader #487).
 */
const rows: Row[] = [
  ['BTC long Leverage: x20 sl 64000', 'long BTC stop 64000 20x'],
  ['BTC long cross10x sl 64000', 'long BTC stop 64000 10x'],
  ['BTC long x20 TP: 50% ROI / SL: 30% ROI', 'long BTC stop 1.5% tp 2.5% 20x'],
  ['ETH short 5x sl 3100', 'short ETH stop 3100 5x'],
  ['SOL long, leverage 3, stop 145', 'long SOL stop 145 3x'],
  ['LINK long isolated (15X) entry 14 sl 13.5', 'long LINK 14 stop 13.5 15x'],
  ['DOGE long 10x\nTP +40% ROE\nSL -20% ROE', 'long DOGE stop 2% tp 4% 10x'],
  ['XRP short lev:25 tp roi 50% sl roi 25%', 'short XRP stop 1% tp 2% 25x'],
  ['ADA long 10x - 20x sl 0.43', 'long ADA stop 0.43 10x'],
];

for (const [text, reading, now] of rows)
  test(`leverage: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
