import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Several calls in one text keep each their own levels; the numbering is no price
 * (ogunjobiFX/MT4-MT5-Forex-Signal-Copier-Telegram-Bot #12 posts six in one).
 */
const rows: Row[] = [
  [
    '1) LONG XRP 2.31 SL 2.22 TP 2.50 / 2) SHORT DOT 7.00 SL 7.30',
    'long XRP 2.31 stop 2.22 tp 2.5; short DOT 7 stop 7.3',
  ],
  [
    'XAUUSD BUY 1915\nTP 1920\nTP 1930\nSL 1907\n\nGBPUSD BUY 1.24900\nTP 1.25000\nTP 1.25300\nSL 1.24000',
    'long XAU 1915 stop 1907 tp 1920,1930; long GBP-USD 1.249 stop 1.24 tp 1.25,1.253',
  ],
  ['Long BTC 65000 sl 64000, short ETH 3000 sl 3100', 'long BTC 65000 stop 64000; short ETH 3000 stop 3100'],
  ['long SOL and AVAX, stop 3%', 'long SOL stop 3%; long AVAX stop 3%'],
  ['long BTC and ETH, stop 64000', 'contradiction'],
  [
    '1. EURUSD sell 1.0840 sl 1.0870\n2. USDJPY buy 151.2 sl 150.6\n3. gold buy 2331 sl 2324',
    'short EUR-USD 1.084 stop 1.087; long USD-JPY 151.2 stop 150.6; long XAU 2331 stop 2324',
  ],
  ['long BTC, short BTC', 'contradiction'],
  ['Long SOL, stop 2%. Short FOOBAR', 'long SOL stop 2%; short FOOBAR'],
];

for (const [text, reading, now] of rows)
  test(`text: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
