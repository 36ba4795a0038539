import { Command } from 'commander';
import type { Signal } from '#api/schemas/signal.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { orDash, renderTable, shortId, utc, type Column } from '#terminal/output.ts';

interface Options {
  skipped?: boolean;
  limit: number;
  json?: boolean;
}

type Skip = Signal['skips'][number];

/** `signalman signals`: lists the signals; with `--skipped`, the messages and signals that were not traded, and why. */
export const signalsCommand = (): Command =>
  new Command('signals')
    .description('list signals, newest first')
    .option('--skipped', 'list what was not traded, and why, instead')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run);

async function run({ skipped, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (skipped) {
    const skips = await api.list<Skip>('/skipped-signals', limit);
    if (json) return out.json({ skips });
    if (skips.length === 0) return out.line('nothing was skipped');
    for (const line of renderTable(SKIP_COLUMNS, skips, out.colors)) out.line(line);
    return undefined;
  }
  const signals = await api.list<Signal>('/signals', limit);
  if (json) return out.json({ signals });
  if (signals.length === 0) return out.line('no signals yet; post one with: signalman signal');
  for (const line of renderTable(SIGNAL_COLUMNS, signals, out.colors)) out.line(line);
}

const SIGNAL_COLUMNS: Column<Signal>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'MADE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'FROM', cell: ({ origin }) => origin },
  { title: 'CONFIDENCE', cell: ({ confidence }) => confidence.toFixed(2), align: 'right' },
  { title: 'PRICE THEN', cell: ({ referencePrice }) => orDash(referencePrice), align: 'right' },
  { title: 'OUTCOME', cell: ({ outcome }) => outcome },
  { title: 'SKIPPED', cell: ({ skips }) => [...new Set(skips.map(({ code }) => code))].join(', ') },
];

const SKIP_COLUMNS: Column<Skip>[] = [
  { title: 'AT (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'CODE', cell: ({ code }) => code },
  { title: 'SIGNAL', cell: ({ signalId }) => orDash(signalId && shortId(signalId)) },
  { title: 'WHY', cell: ({ text }) => text },
];
