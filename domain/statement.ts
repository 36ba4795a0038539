import type { BillKind, ProfitRule } from './billing.ts';
import { csvLine } from './csv.ts';
import { escapeHtml } from './escape-html.ts';
import { decimalString, sum, type DecimalString } from './money.ts';

/** A bill as a statement shows it. */
export interface StatedBill {
  /** Epoch ms. */
  at: number;
  kind: BillKind;
  subject: string;
  amountUsd: DecimalString;
  rule: ProfitRule | null;
}

/** A trade that closed in the month and was not billed, and why. */
export interface UnbilledTrade {
  at: number;
  tradeId: string;
  symbol: string;
  netPnlUsd: DecimalString;
  why: 'adopted' | 'billing_off';
}

/** What a deployment owes for a calendar month (UTC). */
export interface Statement {
  deploymentId: string;
  agent: string;
  wallet: string;
  /** `2026-11`. */
  month: string;
  bills: StatedBill[];
  totalUsd: DecimalString;
  unbilled: UnbilledTrade[];
}

export const NOT_BILLED: Record<UnbilledTrade['why'], string> = {
  adopted: 'a position that was found at the venue, opened by no call of the agent',
  billing_off: 'billing was off for the deployment',
};

/** Returns the sum of bills. */
export const totalOf = (bills: readonly Pick<StatedBill, 'amountUsd'>[]): DecimalString =>
  decimalString(sum(bills.map(({ amountUsd }) => amountUsd)));

/** Returns a statement as CSV: a line for each bill, and one of 0 USD for each trade that was not billed. */
export function statementCsv({ deploymentId, month, bills, unbilled, totalUsd }: Statement): string {
  const lines = [
    ['month', 'deployment_id', 'time', 'kind', 'subject', 'amount_usd', 'rule', 'note'],
    ...bills.map(({ at, kind, subject, amountUsd, rule }) => [
      month,
      deploymentId,
      new Date(at).toISOString(),
      kind,
      subject,
      amountUsd,
      rule,
      null,
    ]),
    ...unbilled.map(({ at, tradeId, why }) => {
      const time = new Date(at).toISOString();
      return [month, deploymentId, time, 'not_billed', `trade/${tradeId}`, '0', null, NOT_BILLED[why]];
    }),
    [month, deploymentId, null, 'total', null, totalUsd, null, null],
  ];
  return lines.map(csvLine).join('');
}

/** Returns a statement as a page that can be printed. */
export function statementPage(statement: Statement): string {
  const { agent, wallet, month, bills, unbilled, totalUsd } = statement;
  const rows = bills.map(({ at, kind, subject, amountUsd, rule }) =>
    row([day(at), kind.replace('_', ' '), subject, rule?.replace('_', ' ') ?? '', amountUsd]),
  );
  const spared = unbilled.map(({ at, tradeId, symbol, why }) =>
    row([day(at), symbol, `trade/${tradeId}`, NOT_BILLED[why], '0']),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Statement ${escapeHtml(month)}, ${escapeHtml(agent)}</title>
<style>body{font:14px sans-serif;margin:2cm}table{border-collapse:collapse;width:100%}td,th{padding:4px 8px;
border-bottom:1px solid #ccc;text-align:left}td:last-child,th:last-child{text-align:right}</style></head><body>
<h1>Statement ${escapeHtml(month)}</h1>
<p>Agent ${escapeHtml(agent)}, deployment ${escapeHtml(statement.deploymentId)}, wallet ${escapeHtml(wallet)}. Times are UTC.</p>
${table(['Day', 'For', 'Subject', 'Rule', 'USD'], [...rows, row(['', 'total', '', '', totalUsd])])}
${spared.length === 0 ? '' : `<h2>Not billed</h2>\n${table(['Day', 'Instrument', 'Subject', 'Why', 'USD'], spared)}`}
<p>Fees and funding of the venue are not part of it. No money is moved by this page.</p>
</body></html>
`;
}

const day = (at: number): string => new Date(at).toISOString().slice(0, 10);

const table = (titles: readonly string[], rows: readonly string[]): string =>
  `<table><tr>${titles.map((title) => `<th>${title}</th>`).join('')}</tr>\n${rows.join('\n')}\n</table>`;

const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`;
