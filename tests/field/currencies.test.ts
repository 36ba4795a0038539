import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A price with its currency is a price. A parser that knows digits alone drops the level and takes its own stop
 * (bukson/steampy #174 shows the same for amounts).
 */
const rows: Row[] = [
  ['BTC long Entry: 65,000 USDT / SL: 64,000 USDT', 'long BTC 65000 stop 64000'],
  ['Buy ETH at $3,000, stop $2,900, target $3,200', 'long ETH 3000 stop 2900 tp 3200'],
  ['SOL short 150 USD stop 156 USD tp 140 USD', 'short SOL 150 stop 156 tp 140'],
  ['LINK long 14.2$ sl 13.7$ tp 15.4$', 'long LINK 14.2 stop 13.7 tp 15.4'],
  ['AVAX buy entry 35 usdc sl 33.5 usdc', 'long AVAX 35 stop 33.5'],
  ['Long TSLA 250 dollars, stop 240 dollars', 'long TSLA 250 stop 240'],
];

for (const [text, reading, now] of rows)
  test(`price: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
