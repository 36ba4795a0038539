import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * What is said of a trade that exists already opens no new one. Copiers that look for an instrument and the word buy or sell
 * anywhere take every such post for a trade (nguemechieu/TelegramSignalTrader #4).
 */
const rows: Row[] = [
  ['BTC LONG all targets hit', 'result'],
  ['CANCELLED: SOL LONG', 'cancel'],
  ['ETH long: close now', 'close'],
  ['BTC Long update: move stop to 65k', 'update'],
  ['Paper trade: BTC long 65000 sl 64000', 'paper'],
  ['RESULTS: BTC LONG +12%, ETH SHORT +8%', 'result'],
  ['SOL short reached target 2, 18% up', 'result'],
  ['Stopped out of the NEAR long', 'close'],
  ['XAUUSD SELL tp1 hit +60 pips', 'result'],
  ['Signal withdrawn: LONG ADA', 'cancel'],
  ['AVAX short is void', 'cancel'],
  ['delete the LINK buy limit', 'cancel'],
  ['close half of the BTC short here', 'close'],
  ['Exit LINK long at market', 'close'],
  ['taking profit on my gold buy', 'close'],
  ['stop of the ETH short to breakeven', 'update'],
  ['SOL long: SL raised to 149', 'update'],
  ['change TP of the XRP short to 0.51', 'update'],
  ['demo: short ETH 3000', 'paper'],
  ['test signal, do not trade: LONG SOL 150 SL 145', 'paper'],
  ['Backtest of a BTC long, 65000 to 67000', 'paper'],
];

for (const [text, reading, now] of rows)
  test(`follow-up: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
