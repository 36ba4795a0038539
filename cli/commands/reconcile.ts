import { Command } from 'commander';
import type { AccountCheck, Correction, ReconcileReport, ReconcileStarted } from '#api/schemas/reconcile.ts';
import { openContext, wholeNumber } from '../context.ts';
import { duration, renderTable, utc, type Column } from '#terminal/output.ts';

interface Options {
  now?: boolean;
  deployment?: string;
  limit: number;
  json?: boolean;
}

/** `signalman reconcile`: shows how the database last compared with the venues; `--now` compares them. */
export const reconcileCommand = (): Command =>
  new Command('reconcile')
    .description('show when accounts were last compared with their venues and what was corrected')
    .option('--now', 'compare them now, every resting order and fill included')
    .option(
      '--deployment <id>',
      'only the account of this deployment, by its id or the last 6 characters of it',
    )
    .option('--limit <n>', 'how many accounts and corrections', wholeNumber(1, 1_000), 20)
    .option('--json', 'print JSON')
    .action(run);

async function run({ now, deployment, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (now) {
    const body = deployment === undefined ? {} : { deploymentId: deployment };
    const started = await api.post<ReconcileStarted>('/reconcile', body);
    if (json) return out.json(started);
    return out.line('comparing; see: signalman reconcile');
  }
  const report = await api.get<ReconcileReport>('/reconcile', { limit, deploymentId: deployment });
  if (json) return out.json(report);
  if (report.accounts.length === 0) return out.line('no account has been compared yet');
  for (const line of renderTable(accountColumns(Date.now()), report.accounts, out.colors)) out.line(line);
  out.line('');
  if (report.corrections.length === 0) return out.line('nothing was ever corrected');
  for (const line of renderTable(CORRECTION_COLUMNS, report.corrections, out.colors)) out.line(line);
}

const accountColumns = (now: number): Column<AccountCheck>[] => [
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'ACCOUNT', cell: ({ accountId }) => accountId },
  { title: 'COMPARED', cell: ({ checkedAt }) => ago(checkedAt, now), align: 'right' },
  { title: 'IN FULL', cell: ({ fullAt }) => (fullAt === null ? 'never' : ago(fullAt, now)), align: 'right' },
  { title: 'CORRECTIONS', cell: ({ corrections }) => String(corrections), align: 'right' },
  { title: 'ERROR', cell: ({ error }) => error ?? '-' },
];

const ago = (at: number, now: number): string => `${duration(Math.max(0, now - at))} ago`;

const CORRECTION_COLUMNS: Column<Correction>[] = [
  { title: 'AT', cell: ({ at }) => utc(at) },
  { title: 'WHAT', cell: ({ action }) => action },
  { title: 'OF', cell: ({ subject }) => subject },
  { title: 'BEFORE', cell: ({ before }) => JSON.stringify(before) },
  { title: 'AFTER', cell: ({ after }) => JSON.stringify(after) },
];
