import { Command } from 'commander';
import type { Bill } from '#api/schemas/bill.ts';
import { amount, decimalString, sum } from '#domain/money.ts';
import { statementCommand } from './bills/statement.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { renderTable, shortId, utc, type Column } from '#terminal/output.ts';

interface Options {
  deployment?: string;
  limit: number;
  json?: boolean;
}

/** `signalman bills`: lists the bills. */
export const billsCommand = (): Command =>
  new Command('bills')
    .description('list bills, newest first, or write what a deployment owes for a month')
    .enablePositionalOptions()
    .option('--deployment <id>', 'only of this deployment, by its id or the last 6 characters of it')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run)
    .addCommand(statementCommand());

async function run({ deployment, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const bills = await api.list<Bill>('/bills', limit, { deploymentId: deployment });
  const totalUsd = decimalString(sum(bills.map(({ amountUsd }) => amountUsd)));
  if (json) return out.json({ bills, totalUsd });
  if (bills.length === 0) return out.line('no bills yet');
  for (const line of renderTable(COLUMNS, bills, out.colors)) out.line(line);
  out.line(`${bills.length} bills, ${amount(totalUsd).toFixed(2)} USD`);
}

const COLUMNS: Column<Bill>[] = [
  { title: 'AT (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'KIND', cell: ({ kind }) => kind },
  { title: 'USD', cell: ({ amountUsd }) => amount(amountUsd).toFixed(4), align: 'right' },
  { title: 'TRADE', cell: ({ tradeId }) => (tradeId === null ? '-' : shortId(tradeId)) },
  { title: 'DEPLOYMENT', cell: ({ deploymentId }) => shortId(deploymentId) },
];
