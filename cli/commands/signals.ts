import { Command } from 'commander';
import type { HeldCall, Signal } from '#api/schemas/signal.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { orDash, renderTable, shortId, utc, type Column } from '#terminal/output.ts';

interface Options {
  skipped?: boolean;
  held?: boolean;
  limit: number;
  json?: boolean;
}

type Skip = Signal['skips'][number];

/** `signalman signals`: lists the signals; with `--skipped`, the messages and signals that were not traded, and why. */
export const signalsCommand = (): Command =>
  new Command('signals')
    .description('list signals, newest first')
    .option('--skipped', 'list what was not traded, and why, instead')
    .option('--held', 'list calls that wait for a price or for a trade to be flat, instead')
    .option('--limit <n>', 'how many', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--json', 'print JSON')
    .action(run);

async function run({ skipped, held, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (held) return listHeld(limit, json ?? false);
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

async function listHeld(limit: number, json: boolean): Promise<void> {
  const { api, out } = openContext();
  const calls = await api.list<HeldCall>('/held-calls', limit);
  if (json) return out.json({ calls });
  if (calls.length === 0) return out.line('no call waits');
  for (const line of renderTable(HELD_COLUMNS, calls, out.colors)) out.line(line);
}

const HELD_COLUMNS: Column<HeldCall>[] = [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'SINCE (UTC)', cell: ({ createdAt }) => utc(createdAt) },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'WAITS FOR', cell: ({ until }) => describeUntil(until) },
  { title: 'UNTIL (UTC)', cell: ({ expiresAt }) => utc(expiresAt) },
];

const describeUntil = (until: HeldCall['until']): string =>
  until.kind === 'flat' ? `${until.tradeIds.length} trades to be flat` : `${until.from} ${until.price}`;

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
