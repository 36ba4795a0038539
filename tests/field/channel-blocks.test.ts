import { expect, test } from 'vitest';
import { readingOf, type Row } from './reading.ts';

/**
 * The blocks that channels post for their copiers, a part on each line (GuntharDeNiro/GunbotAMA #104, mraniki/tt #200,
 * ozgen/binance-telegram-bot #68).
 */
const rows: Row[] = [
  [
    '#ETH/USDT\nLeverage: Cross (10x)\nSignal Type: Regular (Long)\nEntry Targets:\n1) 3000\nTake-Profit Targets:\n1) 3100\n2) 3200\nStop Targets:\n1) 2850',
    'long ETH 3000 stop 2850 tp 3100,3200 10x',
  ],
  [
    '#ETH/USDT / Leverage: Cross (10x) / Signal Type: Regular (Long) / Entry Targets: / 1) 3000 / Take-Profit Targets: / 1) 3100 / 2) 3200 / Stop Targets: / 1) 2850',
    'long ETH 3000 stop 2850 tp 3100,3200 10x',
  ],
  [
    '⚡⚡ #STMX/USDT ⚡⚡\nTrade Type: Short\nLeverage: 10x\n\nEntry Orders:\n1) 0.01577 - 50.0%\n2) 0.01609 - 50.0%\n\nTake-Profit Orders:\n1) 0.01553 - 50.0%\n2) 0.01538 - 50.0%\n\nStop Orders:\n1) 0.01660 - 100.0%',
    'short STMX 0.01577 stop 0.0166 tp 0.01553,0.01538 10x',
  ],
  [
    'SOL LONG\nEntry price (1): 150\nEntry price (2): 147\nTake profit 1 at 155\nTake profit 2 at 160\nStop Orders: 142',
    'long SOL 150 stop 142 tp 155,160',
  ],
  [
    'EURUSD SELL\nEntry 1.0940\nTake profit 1 at 1.0897\nStop loss at 1.0980',
    'short EUR-USD 1.094 stop 1.098 tp 1.0897',
  ],
  [
    '$ONDO LIMIT LONG ENTRY 1.042 - 1.023\n\nSL 0.986\n\nTp 1.11\n1.3\n1.48',
    'long ONDO 1.0325 stop 0.986 tp 1.11,1.3,1.48',
  ],
  [
    '📍 #APT/USDT\n🟢 LONG\n👉 Entry: 9.10 - 8.95\n🌐 Leverage: 20x\n🎯 Target 1: 9.30\n🎯 Target 2: 9.55\n❌ StopLoss: 8.60',
    'long APT 9.025 stop 8.6 tp 9.3,9.55 20x',
  ],
  ['XAUUSD BUY 1915\nTP 1920\nTP 1930\nSL 1907', 'long XAU 1915 stop 1907 tp 1920,1930'],
];

for (const [text, reading, now] of rows)
  test(`block: ${JSON.stringify(text)} is read as ${reading}`, () => {
    expect(readingOf(text, now)).toBe(reading);
  });
