import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Instruments as charts, venues and channels name them (CryptoMF/frostybot-js #90, ln-markets/trading-bot #11,
 * Drakkar-Software/OctoBot #3568); a coin that a venue quotes by the thousand keeps the scale of the text.
 */
const rows: Row[] = [
  ['BTCUSDT.P long sl 64000', 'long BTC stop 64000'],
  ['BYBIT:BTCUSDT.P long sl 64000', 'long BTC stop 64000'],
  ['BINANCE:ETHUSDT short sl 3100', 'short ETH stop 3100'],
  ['OANDA:XAUUSD buy sl 2320', 'long XAU stop 2320'],
  ['NASDAQ:TSLA long sl 240', 'long TSLA stop 240'],
  ['US30 sell sl 39300', 'short DJI stop 39300'],
  ['GER40 buy sl 18200', 'long DAX stop 18200'],
  ['USOIL long sl 77', 'long CL stop 77'],
  ['PEPEUSDT long sl 0.0000105', 'long PEPE stop 0.0000105'],
  ['SOL-USDT-SWAP short sl 156', 'short SOL stop 156'],
  ['SOL/USDT:USDT long sl 145', 'long SOL stop 145'],
  ['1000PEPEUSDT long sl 0.0105', 'long kPEPE stop 0.0105'],
  ['S&P 500 short sl 5300', 'short SPX500 stop 5300'],
  ['cable long sl 1.2650', 'long GBP-USD stop 1.265'],
  ['LONG ETH/BTC', 'noise'],
];

for (const [text, reading, now] of rows)
  test(`name: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
