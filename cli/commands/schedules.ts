import { Command } from 'commander';
import type { Schedule } from '#api/schemas/schedule.ts';
import { duration, orDash, renderTable, type Column } from '#terminal/output.ts';
import { openContext } from '../context.ts';

/** `signalman schedules`: what runs again and again; pause, resume or run one now. */
export const schedulesCommand = (): Command =>
  new Command('schedules')
    .description('list what runs again and again, with its last success, or pause, resume and trigger it')
    .enablePositionalOptions()
    .option('--json', 'print JSON')
    .action(list)
    .addCommand(changeCommand('pause', 'run it no more until it is resumed; a run under way goes on'))
    .addCommand(changeCommand('resume', 'run it again'))
    .addCommand(changeCommand('trigger', 'run it now, also while it is paused'));

async function list({ json }: { json?: boolean }): Promise<void> {
  const { api, out } = openContext();
  const { items } = await api.get<{ items: Schedule[] }>('/schedules');
  if (json) return out.json({ schedules: items });
  for (const line of renderTable(COLUMNS, items, out.colors)) out.line(line);
}

interface ChangeOptions {
  note?: string;
  json?: boolean;
}

const changeCommand = (action: 'pause' | 'resume' | 'trigger', description: string): Command =>
  new Command(action)
    .description(description)
    .argument('<name>', 'as listed by `signalman schedules`')
    .option('--note <text>', 'why')
    .option('--json', 'print JSON')
    .action(async (name: string, { note, json }: ChangeOptions) => {
      const { api, out } = openContext();
      const path = `/schedules/${encodeURIComponent(name)}/${action}`;
      const changed = await api.post<Schedule>(path, note === undefined ? {} : { note });
      if (json) return out.json(changed);
      out.line(`${changed.name}: ${stateOf(changed)}`);
    });

const COLUMNS: Column<Schedule>[] = [
  { title: 'NAME', cell: ({ name }) => name },
  { title: 'EVERY', cell: ({ everyMs }) => duration(everyMs) },
  { title: 'STATE', cell: stateOf },
  { title: 'LAST SUCCESS', cell: ({ lastSuccessAt }) => agoText(lastSuccessAt) },
  { title: 'NEXT RUN', cell: ({ nextRunAt }) => untilText(nextRunAt) },
  { title: 'WHAT', cell: ({ summary }) => summary },
  { title: 'NOTE', cell: ({ note }) => orDash(note) },
];

function stateOf({ exists, paused, isRunning }: Schedule): string {
  if (!exists) return 'missing';
  if (paused) return isRunning ? 'paused, ends its run' : 'paused';
  return isRunning ? 'running' : 'waiting';
}

const agoText = (at: number | null): string =>
  at === null ? 'none kept' : `${duration(Math.max(0, Date.now() - at))} ago`;

const untilText = (at: number | null): string =>
  at === null ? '-' : `in ${duration(Math.max(0, at - Date.now()))}`;
