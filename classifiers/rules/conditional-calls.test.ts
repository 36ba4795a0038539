import { expect, test } from 'vitest';
import { readConditionalCalls } from './conditional-calls.ts';

const HOUR_MS = 3_600_000;
const PRICES = new Map([
  ['BTC', '65000'],
  ['SOL', '150'],
  ['ETH', '3000'],
  ['XRP', '0.54'],
  ['XAU', '2340'],
]);

/** A call in one line: `long BTC above 70000 stop 68000 24h`. */
const shown = (text: string): string[] =>
  readConditionalCalls(text, PRICES).map(
    ({ idea: { side, symbol, barriers, entry }, from, price, waitMs }) => {
      const stop =
        barriers.stopLoss && 'price' in barriers.stopLoss ? ` stop ${barriers.stopLoss.price}` : '';
      expect(entry).toBe(price);
      return `${side} ${symbol} ${from} ${price}${stop} ${waitMs / HOUR_MS}h`;
    },
  );

test.each([
  ['long BTC if it breaks 70k', 'long BTC above 70000 24h'],
  ['SOL long if it breaks 155, SL 148', 'long SOL above 155 stop 148 24h'],
  ['Short ETH below 2,950, stop 3,020', 'short ETH below 2950 stop 3020 24h'],
  ['Buy XRP when it reclaims 0.55, sl 0.53', 'long XRP above 0.55 stop 0.53 24h'],
  ['BTC long Entry: above 66000 SL 64000. Valid for 6 hours', 'long BTC above 66000 stop 64000 6h'],
  ['short SOL if it loses 140', 'short SOL below 140 24h'],
])('%s', (text, call) => {
  expect(shown(text)).toEqual([call]);
});

test.each([
  'LONG BTC 65000 SL 64000 TP 67000',
  'Long gold on a daily close above 2350, stop 2330',
  'waiting for confirmation to long BTC',
  'BTC above 70k and ETH above 3200 would make me long both',
  'long BTC above 70k, short BTC below 60k',
  'Paper trade: long BTC if it breaks 70k',
  'BTC looks strong above 64k',
  'BTC buy stop 66000 / SL 64000',
])('%s waits for no price', (text) => {
  expect(shown(text)).toEqual([]);
});
