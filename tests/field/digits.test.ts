import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * Digits in keys, in other scripts and widths, and with spaces between them make one number; a key alone numbers a line
 * (freqtrade/freqtrade #10922 shows how a misplaced sign is read for a price).
 */
const rows: Row[] = [
  ['SOL long TP 1️⃣ 140 SL 120', 'long SOL stop 120 tp 140'],
  ['BTC long Entry 6️⃣5️⃣0️⃣0️⃣0️⃣ sl 64000', 'long BTC 65000 stop 64000'],
  ['BTC long 65 250 sl 64 100', 'long BTC 65250 stop 64100', { BTC: '65000' }],
  ['ＢＴＣ　ＬＯＮＧ　６５０００　ＳＬ　６４０００', 'long BTC 65000 stop 64000'],
  ['BTC long ٦٥٠٠٠ sl ٦٤٠٠٠', 'long BTC 65000 stop 64000'],
  ['𝐁𝐓𝐂 𝐋𝐎𝐍𝐆 𝟔𝟓𝟎𝟎𝟎 𝐒𝐋 𝟔𝟒𝟎𝟎𝟎', 'long BTC 65000 stop 64000'],
  ['ETH long TP 1️⃣ 3100 TP 2️⃣ 3200 TP 3️⃣ 3300 SL 2900', 'long ETH stop 2900 tp 3100,3200,3300'],
  ["BTC short 65'200 sl 66'100", 'short BTC 65200 stop 66100'],
  ['BTC long 65k sl 64.2k', 'long BTC 65000 stop 64200'],
];

for (const [text, reading, now] of rows)
  test(`number: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
