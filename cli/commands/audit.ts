import { Command } from 'commander';
import type { AuditEntry } from '#api/schemas/audit.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { renderTable, utc, type Column } from '#terminal/output.ts';

interface Options {
  of?: string;
  by?: string;
  limit: number;
  json?: boolean;
}

/** `signalman audit`: who changed what, and when. */
export const auditCommand = (): Command =>
  new Command('audit')
    .description('list who paused, closed, adjusted or configured what, newest first')
    .option('--of <subject>', 'only what was done to it, such as trade/<whole id>')
    .option('--by <actor>', 'only what this one did, as the list writes it')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run);

async function run({ of, by, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  const entries = await api.list<AuditEntry>('/audit-log', limit, { subject: of, actor: by });
  if (json) return out.json({ entries });
  if (entries.length === 0) return out.line('nothing was changed');
  for (const line of renderTable(COLUMNS, entries, out.colors)) out.line(line);
}

const COLUMNS: Column<AuditEntry>[] = [
  { title: 'AT (UTC)', cell: ({ at }) => utc(at) },
  { title: 'WHO', cell: ({ actor }) => actor },
  { title: 'WHAT', cell: ({ action }) => action },
  { title: 'OF', cell: ({ subject }) => subject },
  { title: 'AFTER', cell: ({ after }) => (after === null ? '-' : JSON.stringify(after)) },
];
