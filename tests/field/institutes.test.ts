import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Notes of institutes: a position that is opened is a call, one that is kept, closed or left is none.
 */
const rows: Row[] = [
  ['We take profit on our long ETH', 'close'],
  ["we remain neutral after last week's BTC long", 'report'],
  ['we initiate a long in EUR/USD at 1.0440, stop 1.0335', 'long EUR-USD 1.044 stop 1.0335'],
  ['We initiate a long in EUR/USD at 1.0440, stop 1.0535', 'long EUR-USD 1.044 stop 1.0535 !wrong_side_stop'],
  ['We stay short USD/JPY from 151.20', 'report'],
  [
    'We recommend selling gold at 2,350 with a stop at 2,385 and a target of 2,250',
    'short XAU 2350 stop 2385 tp 2250',
  ],
  ['Our long AUD/USD was stopped at 0.6540', 'close'],
  ['We see upside in the euro', 'noise'],
  ['We go long USD/CAD (entry 1.3600, target 1.3850, stop 1.3510)', 'long USD-CAD 1.36 stop 1.351 tp 1.385'],
  ['We would buy EUR/USD on a move to 1.0650', 'conditional'],
];

for (const [text, reading, now] of rows)
  test(`note: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
