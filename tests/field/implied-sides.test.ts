import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A side that only the levels tell, and prices in the units of the instrument.
 */
const rows: Row[] = [
  ['BTC 65000, stop 64000, target 67000', 'long BTC 65000 stop 64000 tp 67000'],
  ['ETH 3000, stop 3080, target 2850', 'short ETH 3000 stop 3080 tp 2850'],
  ['EURUSD 1.0840 sl 1.0870 tp 1.0780', 'short EUR-USD 1.084 stop 1.087 tp 1.078'],
  ['EURUSD long stop 40 pips', 'long EUR-USD stop 1.04', { 'EUR-USD': '1.0440' }],
  ['gold long 2330 stop 50 pips', 'long XAU 2330 stop 2325'],
  ['PEPE long 0.0000112 sl 0.0000105', 'long PEPE 0.0000112 stop 0.0000105'],
  ['DAX long 18300 sl 40 points', 'long DAX 18300 stop 18260'],
  ['#LINK 14.2 → 15.4, sl 13.7', 'long LINK 14.2 stop 13.7 tp 15.4'],
  ['BTC 65000', 'noise'],
];

for (const [text, reading, now] of rows)
  test(`level: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
