import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A dot or comma before three digits parts thousands or decimals; the reading near the market is taken. A price parser that
 * decides by the number of digits makes 3,350 of 3.350 (scrapinghub/price-parser #46), and a bot in a Spanish locale
 * refused its own 0,4 (iilunin/crypto-bot #21).
 */
const rows: Row[] = [
  ['SOL short now, SL 155.000', 'short SOL stop 155', { SOL: '150' }],
  ['USDJPY SELL NOW SL 151.000', 'short USD-JPY stop 151', { 'USD-JPY': '150' }],
  ['BTC long 65.000 sl 64.000', 'long BTC 65000 stop 64000', { BTC: '65000' }],
  ['XRP buy 2.310, stop 2.220, target 2.500', 'long XRP 2.31 stop 2.22 tp 2.5', { XRP: '2.3' }],
  ['Buy gold 2.331,50 stop 2.324,00 target 2.345,00', 'long XAU 2331.5 stop 2324 tp 2345', { XAU: '2331' }],
  ['EURUSD short 1,0840 sl 1,0870', 'short EUR-USD 1.084 stop 1.087', { 'EUR-USD': '1.084' }],
  ['ETH long 3,050 sl 2,990 tp 3,180', 'long ETH 3050 stop 2990 tp 3180', { ETH: '3040' }],
  ['SOL long 150, stop 145.000', 'long SOL 150 stop 145'],
];

for (const [text, reading, now] of rows)
  test(`number: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
