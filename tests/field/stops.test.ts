import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A stop that is written is read, or the call is refused; nothing takes its place. One parser left every stop and target of
 * a gold channel at zero because of a bullet (creytiv/re #271); another turned 120 pips into a price
 * (ogunjobiFX/MT4-MT5-Forex-Signal-Copier-Telegram-Bot #1).
 */
const rows: Row[] = [
  ['XAUUSD BUY 2340 SL ● 2332', 'long XAU 2340 stop 2332'],
  ['BTC long S/L: 64000', 'long BTC stop 64000'],
  ['SOL long sl145 tp160', 'long SOL stop 145 tp 160'],
  ['BTC long SL: 4h close below 64000', 'long BTC !stop_unreadable', { BTC: '65000' }],
  ['EURUSD buy 1.0440 SL 30pips', 'long EUR-USD 1.044 stop 1.041'],
  ['BTC long 10% profit target and 3% stop', 'long BTC stop 3% tp 10%'],
  [
    'GOLD SELL NOW\nSELL @ 3326 - 3329\nSL ● 3332\nTP ● 3320\nTP 3316',
    'short XAU 3327.5 stop 3332 tp 3320,3316',
  ],
  ['USDJPY short 151.20 stop 40 pips target 80 pips', 'short USD-JPY 151.2 stop 151.6 tp 150.4'],
  ['ETH long 3000 stop → 2940, tp → 3120', 'long ETH 3000 stop 2940 tp 3120'],
  ['BTC long 65000 SL: 64000 TP: 2R', 'long BTC 65000 stop 64000 tp 67000'],
  ['SOL short 150, stop-loss=155', 'short SOL 150 stop 155'],
  ['LINK long, 2% stop, 5% target', 'long LINK stop 2% tp 5%'],
  ['ETH long 3000, stop: daily close under 2900', 'long ETH 3000 !stop_unreadable'],
  ['XAUUSD BUY 1916\nTP 1920\nSL OPEN', 'long XAU 1916 tp 1920'],
  ['BTC short, SL mental', 'short BTC !stop_unreadable', { BTC: '65000' }],
];

for (const [text, reading, now] of rows)
  test(`stop: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
