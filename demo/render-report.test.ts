import picocolors from 'picocolors';
import { expect, test } from 'vitest';
import { renderReport } from './render-report.ts';
import type { DemoReport, ReportedTrade } from './report.ts';

const plain = picocolors.createColors(false);

const trade: ReportedTrade = {
  id: '01a1fc8c-9293-7560-a180-cf83a012b696',
  agentName: 'macro_mara 3',
  symbol: 'BTC',
  side: 'long',
  phase: 'closed',
  entrySize: '0.09622',
  entryPrice: '104196',
  exitPrice: '103741',
  exitReason: 'force_close',
  forced: true,
  feesUsd: '9.003465',
  fundingUsd: '0',
  netPnlUsd: '-52.783565',
  unprotectedMs: 0,
  openedAt: 1_000,
  closedAt: 6_700,
};

const report: DemoReport = {
  run: 3,
  ending: 'time_is_up',
  startedAt: 0,
  endedAt: 90_000,
  prices: { seed: 7, speed: 2 },
  posts: { file: 'posts.jsonl', given: 4, read: 3, unreadable: 1 },
  trades: [trade],
  exitReasons: { force_close: 1 },
  netPnlUsd: '-52.783565',
  bills: [{ kind: 'trade_fee', tradeId: trade.id, amountUsd: '0.2' }],
  billedUsd: '0.2',
  skipped: [
    { code: 'no_idea', text: 'The message proposes no trade. Read as noise.', author: '@mara', post: 'gm' },
    { code: 'malformed_message', text: 'The message cannot be read.', author: null, post: null },
  ],
  beside: [],
  ledger: {
    matched: false,
    accounts: [
      {
        agent: 'macro_mara 3',
        at: 'hyperliquid',
        account: '0xab',
        deposited: '10000',
        booked: '-52.783565',
        expected: '9947.216435',
        venue: '9947.206435',
        difference: '-0.01',
        matched: false,
      },
    ],
  },
  restarts: 0,
  problems: ['the account of macro_mara 3 is off'],
  temporalUiUrl: 'http://127.0.0.1:8233',
  apiUrl: 'http://127.0.0.1:7070',
  logs: '.signalman/logs',
};

test('the report says how it ended, what was traded, billed and skipped, and whether the ledger matches', () => {
  expect(renderReport(report, plain).join('\n')).toBe(
    `
Run 3: the time is up; what was open has been force-closed
3 of 4 posts read, 1 trade, 2 skipped, in 1m 30s

Trades
trade     agent         instrument  side     size   entry    exit  reason                    held  fees  net PnL
a012b696  macro_mara 3  BTC         long  0.09622  104196  103741  force_close (end of run)  5.7s  9.00   -52.78
1 x force_close, net -52.78 USD

Bills
trade fee: 1, 0.20 USD
together 0.20 USD

Skipped, and why
author  code               why
@mara   no_idea            Read as noise.
-       malformed_message  The message cannot be read.

Ledger: the sandboxes against our books
agent         venue        deposited  net of our fills  our books  sandbox
macro_mara 3  hyperliquid   10000.00            -52.78    9947.22  9947.21  off by -0.01
the sandboxes and our books do not say the same

Problems
- the account of macro_mara 3 is off
Logs are in .signalman/logs`,
  );
});
