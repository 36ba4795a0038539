import { Command } from 'commander';
import type { Brake } from '#api/schemas/brake.ts';
import { renderTable, shortId, utc, type Column } from '#terminal/output.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { endOf, heldBack } from '../render/brake.ts';

/** `signalman brakes`: lists the brakes in force, or all there ever were. */
export const brakesCommand = (): Command =>
  new Command('brakes')
    .description('list what stops entries now, with reasons and ends')
    .option('--all', 'list those that have ended too')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(async ({ all, limit, json }: { all?: boolean; limit: number; json?: boolean }) => {
      const { api, out } = openContext();
      const brakes = await api.list<Brake>('/brakes', limit, all ? {} : { inForce: 'true' });
      if (json) return out.json({ brakes });
      if (brakes.length === 0) return out.line('nothing stops entries');
      for (const line of renderTable(COLUMNS, brakes, out.colors)) out.line(line);
    });

const COLUMNS: Column<Brake>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'STOPS', cell: heldBack },
  { title: 'SINCE (UTC)', cell: ({ setAt }) => utc(setAt) },
  { title: 'END (UTC)', cell: endOf },
  { title: 'BY', cell: ({ setBy }) => setBy },
  { title: 'CODE', cell: ({ code }) => code },
  { title: 'REASON', cell: ({ reason }) => reason },
];
