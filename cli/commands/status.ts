import { resolve } from 'node:path';
import { Command } from 'commander';
import { createOutput, duration, renderTable, type Column } from '#terminal/output.ts';
import { readAlarms } from '../alarms.ts';
import { findSystem } from '../find-api.ts';
import { modelLine, readSpendOfToday } from '../status/model-line.ts';
import { readParts, type PartStatus } from '../status/read-parts.ts';

/** `signalman status`: exit status 1 when nothing runs in the state folder, or a part is down or starting. */
export const statusCommand = (): Command =>
  new Command('status')
    .description('show the parts of the running system: process, time up, memory, restarts')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const out = createOutput(process.stdout, process.env);
      const { run, start, stateDir, environment } = findSystem(process.env);
      const parts = readParts(run, start);
      const [alarms, model] = run
        ? await Promise.all([readAlarms(run.databaseUrl), readSpendOfToday(run.databaseUrl)])
        : [[], null];
      if (parts.length === 0 || parts.some(({ state }) => state !== 'up')) process.exitCode = 1;
      if (json) return out.json({ running: run !== undefined, stateDir, parts, alarms, model });
      if (parts.length === 0) {
        return out.line(`nothing runs in ${resolve(stateDir)}: start it with npx signalman up`);
      }
      for (const line of renderTable(COLUMNS, parts, out.colors)) out.line(line);
      for (const alarm of alarms) out.line(out.colors.red(`ALARM: ${alarm}`));
      if (model) out.line(modelLine(model, environment));
      out.line(summaryOf(parts));
    });

function summaryOf(parts: readonly PartStatus[]): string {
  const total = parts.reduce((sum, { memoryBytes }) => sum + (memoryBytes ?? 0), 0);
  const memory = total > 0 ? [`${mebibytes(total)} in all`] : [];
  const others = (['starting', 'down'] as const).flatMap((wanted) => {
    const names = parts.filter(({ state }) => state === wanted).map(({ part }) => part);
    return names.length === 0 ? [] : [`${wanted}: ${names.join(', ')}`];
  });
  return [...memory, ...others].join('; ');
}

const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MiB`;

const COLUMNS: Column<PartStatus>[] = [
  { title: 'PART', cell: ({ part }) => part },
  { title: 'STATE', cell: ({ state }) => state },
  { title: 'PID', cell: ({ pid }) => String(pid ?? '-'), align: 'right' },
  { title: 'UP FOR', cell: ({ upMs }) => (upMs === null ? '-' : duration(upMs)), align: 'right' },
  {
    title: 'MEMORY',
    cell: ({ memoryBytes }) => (memoryBytes === null ? '-' : mebibytes(memoryBytes)),
    align: 'right',
  },
  { title: 'RESTARTS', cell: ({ restarts }) => String(restarts), align: 'right' },
  { title: 'LOG', cell: ({ logFile, doing }) => logFile ?? doing ?? '' },
];
