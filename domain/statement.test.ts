import { expect, test } from 'vitest';
import { statementCsv, statementPage, totalOf, type Statement } from './statement.ts';

const bills = [
  { at: Date.UTC(2026, 10, 2), kind: 'trade_fee', subject: 'trade/t1', amountUsd: '0.2', rule: 'high_water' },
  {
    at: Date.UTC(2026, 10, 3),
    kind: 'subscription',
    subject: 'deployment/d1/2026-11-03',
    amountUsd: '20',
    rule: null,
  },
] as const;

const statement: Statement = {
  deploymentId: 'd1',
  agent: '<b>momentum</b>',
  wallet: '0xabc',
  month: '2026-11',
  bills: [...bills],
  totalUsd: totalOf(bills),
  unbilled: [
    { at: Date.UTC(2026, 10, 4), tradeId: 't2', symbol: 'BTC', netPnlUsd: '5', why: 'adopted' },
    { at: Date.UTC(2026, 10, 5), tradeId: 't3', symbol: 'ETH', netPnlUsd: '5', why: 'billing_off' },
  ],
};

test('as CSV it has a line for each bill, each trade that was not billed, and the total', () => {
  const lines = statementCsv(statement).trimEnd().split('\r\n');
  expect(lines).toHaveLength(6);
  expect(lines[1]).toBe('2026-11,d1,2026-11-02T00:00:00.000Z,trade_fee,trade/t1,0.2,high_water,');
  expect(lines[3]).toContain('"a position that was found at the venue, opened by no call of the agent"');
  expect(lines[5]).toBe('2026-11,d1,,total,,20.2,,');
});

test('as a page it escapes names, and says what was not billed and why', () => {
  const page = statementPage(statement);
  expect(page).toContain('&lt;b&gt;momentum&lt;/b&gt;');
  expect(page).not.toContain('<b>');
  expect(page).toContain('<td>total</td><td></td><td></td><td>20.2</td>');
  expect(page).toContain('billing was off for the deployment');
  expect(statementPage({ ...statement, unbilled: [] })).not.toContain('Not billed');
});
