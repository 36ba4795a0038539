import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * An order that waits for a price is not traded at once: a buy stop above the market is not a market order
 * (CryptoSignal/Crypto-Signal #367, banbox/banbot #98, tradingpanel/TradingPanel #22).
 */
const rows: Row[] = [
  ['BTC buy stop 65000 / SL 64000', 'conditional', { BTC: '64500' }],
  ['BTC long Entry: above 66000 SL 64000', 'conditional', { BTC: '65500' }],
  ['Sell stop EURUSD 1.0780 SL 1.0820', 'conditional'],
  ['SOL long if it breaks 155', 'conditional'],
  ['Short ETH below 2,950, stop 3,020', 'conditional', { ETH: '3000' }],
  ['Buy XRP when it reclaims 0.55, sl 0.53', 'conditional'],
  ['waiting for 60k to long BTC', 'conditional'],
  ['Long gold on a daily close above 2350, stop 2330', 'conditional', { XAU: '2340' }],
  ['BTC buy limit 64000, SL 63000', 'long BTC 64000 stop 63000', { BTC: '65000' }],
  ['ETH short limit 3100 sl 3150', 'short ETH 3100 stop 3150', { ETH: '3000' }],
];

for (const [text, reading, now] of rows)
  test(`condition: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
