import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * A level that nobody can mean is refused, not traded. Bots that pass on what a webhook says place stops of 1 for a coin at
 * thousands (Mtemi/Bybit-Trading-Bot-Integrated-with-TradingView-Webhook-Alerts #18). The bounds are those of domain/levels.ts, the
 * same for every door.
 */
const rows: Row[] = [
  ['BTC long here, stop 64', 'long BTC stop 64 !implausible_level', { BTC: '65000' }],
  ['SOL long, stop in 2 hours', 'long SOL !stop_unreadable', { SOL: '150' }],
  ['SOL short, stop 1550', 'short SOL stop 1550 !implausible_level', { SOL: '150' }],
  ['ETH long sl 29 tp 3200', 'long ETH stop 29 tp 3200 !implausible_level', { ETH: '3000' }],
  ['BTC long tp 670000', 'long BTC tp 670000 !implausible_level', { BTC: '65000' }],
  ['XAUUSD buy sl 23.2', 'long XAU stop 23.2 !implausible_level', { XAU: '2330' }],
  ['long 65 BTC, stop 64', 'long BTC stop 64 !implausible_level', { BTC: '65000' }],
  ['BTC long 65, stop 64', 'long BTC 65000 stop 64000', { BTC: '65000' }],
];

for (const [text, reading, now] of rows)
  test(`level: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
