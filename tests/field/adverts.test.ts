import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Adverts, news, statistics and talk use the words of a call (CyberPunkMetalHead/bitcoin-bot-buy-if-elon-tweets #3 and
 * Querijn/BottyMcBotface #325 met false alarms by single words).
 */
const rows: Row[] = [
  ['Buy BTC with 0 fees on our exchange!', 'advert'],
  ['BTC long/short ratio 1.2', 'news'],
  ['ETF buying BTC', 'others'],
  ['Open long and short positions with 100x on our app, register now', 'advert'],
  ['Get BTC buy and sell signals in our VIP group', 'advert'],
  ['SOL longs liquidated for $40M', 'news'],
  ['Whales bought 3,000 BTC today', 'others'],
  ['BTC looks bullish', 'opinion'],
  ['longs are getting squeezed on ETH', 'noise'],
  ['buy the dip they said', 'noise'],
  ['Jim Cramer says buy TSLA', 'others'],
];

for (const [text, reading, now] of rows)
  test(`talk: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
