import { Command } from 'commander';
import type { KeptRun } from '#backtest/runs/run-folder.ts';
import { createOutput, renderTable, signedUsd, utc, type Column } from '#terminal/output.ts';
import { keptRuns, readGroups, showResult, type ShowOptions } from './show-result.ts';

interface Options extends ShowOptions {
  remove?: boolean;
}

/** `signalman backtest runs`: lists the kept runs, shows one again, or removes it. */
export const runsCommand = (): Command =>
  new Command('runs')
    .description('list the runs that were kept, newest first, or show one again')
    .argument('[run]', 'name, id, or the beginning of an id')
    .option('--remove', 'remove the run')
    .option('--by <groups>', 'groups to show, several with commas', readGroups)
    .option('--definitions', 'show how each number is computed')
    .option('--explain <trade>', 'show one trade and why it ended')
    .option('--html <file>', 'write the report as one page')
    .option('--csv <folder>', 'write its tables as CSV')
    .option('--parquet <folder>', 'write its tables as Parquet')
    .option('--json', 'print JSON')
    .action(run);

async function run(name: string | undefined, options: Options): Promise<void> {
  const out = createOutput(process.stdout, process.env);
  const runs = keptRuns();
  if (name !== undefined && options.remove) {
    await runs.remove(name);
    return out.line(`removed ${name}`);
  }
  if (name !== undefined) return showResult(await runs.read(name), null, { options, out });
  const kept = await runs.list();
  if (options.json) return out.json(kept);
  if (kept.length === 0) return out.line('no run was kept yet');
  for (const line of renderTable(COLUMNS, kept, out.colors)) out.line(line);
}

const COLUMNS: Column<KeptRun>[] = [
  { title: 'RUN', cell: ({ run: { id } }) => id },
  { title: 'NAME', cell: ({ run: { name } }) => name ?? '-' },
  { title: 'MADE', cell: ({ run: { ranAt } }) => utc(ranAt) },
  { title: 'FROM', cell: ({ period }) => utc(period.from).slice(0, 10) },
  { title: 'TO', cell: ({ period }) => utc(period.to).slice(0, 10) },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'NET', cell: ({ netUsd }) => signedUsd(String(netUsd)), align: 'right' },
  { title: 'INPUTS', cell: ({ run: { inputs } }) => inputs.map((input) => input.name).join(', ') },
];
