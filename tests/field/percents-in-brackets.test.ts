import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A percent behind a target is how far it lies away, no part and no target (fabston/TradingView-Webhook-Bot #100).
 */
const rows: Row[] = [
  ['SOL long 150 TP1: 151.5 ( 1% ) / TP2: 153 ( 2% ) SL 145', 'long SOL 150 stop 145 tp 151.5,153'],
  ['SOL long TP1 157.5 (+50% ROI) sl 145', 'long SOL stop 145 tp 157.5'],
  [
    'TLMUSDT - Buy\nEntry Price: 0.02632 - 0.02653\nTP1: 0.02684 ( 1% )\nTP2: 0.02737 ( 2% )\nSL: 0.02553 ( -3% )',
    'long TLM 0.026425 stop 0.02553 tp 0.02684,0.02737',
  ],
  ['BTC short 65000, TP 63700 [2%], SL 65650 [1%]', 'short BTC 65000 stop 65650 tp 63700'],
  ['ETH buy 3000 sl 2940 (-2%) tp 3090 (+3%) 3180 (+6%)', 'long ETH 3000 stop 2940 tp 3090,3180'],
  [
    'XRP long 0.52, TP 0.55 (50% of position), 0.58 (50% of position), SL 0.50',
    'long XRP 0.52 stop 0.5 tp 0.55,0.58',
  ],
  ['ADA short tp 0.43 (+100% roi), sl 0.47', 'short ADA stop 0.47 tp 0.43'],
];

for (const [text, reading, now] of rows)
  test(`percent: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
