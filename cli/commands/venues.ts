import { Command } from 'commander';
import type { Instrument, Venue } from '#api/schemas/venue.ts';
import { openContext, wholeNumber } from '../context.ts';
import { duration, orDash, renderTable, type Colors, type Column } from '#terminal/output.ts';

const MAX_INSTRUMENTS = 2_000;

interface Options {
  instruments?: string | true;
  limit: number;
  json?: boolean;
}

/** `signalman venues`: lists the venues with their health; with `--instruments`, their instruments. */
export const venuesCommand = (): Command =>
  new Command('venues')
    .description('show how venues do, by their last check, or what they list')
    .option('--instruments [symbol]', 'list what can be traded, or where this can, however it is written')
    .option('--limit <n>', 'how many instruments', wholeNumber(1, MAX_INSTRUMENTS), MAX_INSTRUMENTS)
    .option('--json', 'print JSON')
    .action(run);

async function run({ instruments, limit, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (instruments !== undefined) {
    const symbol = instruments === true ? undefined : instruments;
    const { items } = await api.get<{ items: Instrument[] }>('/instruments', { symbol, limit });
    if (json) return out.json({ instruments: items });
    if (items.length === 0) return out.line(symbol === undefined ? NONE_YET : `no venue lists ${symbol}`);
    for (const line of renderTable(INSTRUMENT_COLUMNS, items, out.colors)) out.line(line);
    return undefined;
  }
  const { items } = await api.get<{ items: Venue[] }>('/venues');
  if (json) return out.json({ venues: items });
  for (const line of renderTable(venueColumns(out.colors, Date.now()), items, out.colors)) out.line(line);
}

const NONE_YET = 'no instruments are known yet; a pipeline worker asks the venues for them';

const HEALTH_PAINT = { up: 'green', degraded: 'yellow', down: 'red' } as const;

const WATCH_PAINT = { watching: 'green', behind: 'yellow', blind: 'red', none: 'red' } as const;

const venueColumns = (colors: Colors, now: number): Column<Venue>[] => [
  { title: 'VENUE', cell: ({ venue }) => venue },
  {
    title: 'HEALTH',
    cell: ({ health, configured }) => (configured ? (health ?? 'unknown') : 'not set up'),
    paint: (text, { health, configured }) =>
      health && configured ? colors[HEALTH_PAINT[health]](text) : text,
  },
  {
    title: 'LATENCY',
    cell: ({ latencyMs }) => (latencyMs === null ? '-' : `${Math.round(latencyMs)} ms`),
    align: 'right',
  },
  { title: 'CHECKED', cell: ({ checkedAt }) => ago(checkedAt, now), align: 'right' },
  { title: 'INSTRUMENTS', cell: ({ instruments }) => String(instruments), align: 'right' },
  { title: 'TRADABLE', cell: ({ tradable }) => String(tradable), align: 'right' },
  { title: 'OPEN', cell: ({ openMarkets }) => orDash(openMarkets?.toString() ?? null), align: 'right' },
  {
    title: 'PRICE AGE',
    cell: ({ priceAgeMs }) => (priceAgeMs === null ? '-' : duration(priceAgeMs)),
    align: 'right',
  },
  {
    title: 'WATCH',
    cell: ({ watch }) => watch?.state ?? '-',
    paint: (text, { watch }) => (watch ? colors[WATCH_PAINT[watch.state]](text) : text),
  },
  { title: 'TRADES', cell: ({ watch }) => orDash(watch?.trades?.toString() ?? null), align: 'right' },
  { title: 'DETAIL', cell: ({ detail }) => detail },
];

const ago = (at: number | null, now: number): string =>
  at === null ? 'never' : `${duration(Math.max(0, now - at))} ago`;

const INSTRUMENT_COLUMNS: Column<Instrument>[] = [
  { title: 'SYMBOL', cell: ({ symbol }) => symbol },
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'ITS NAME', cell: ({ venueSymbol }) => venueSymbol },
  { title: 'LOT', cell: ({ lot }) => lot, align: 'right' },
  { title: 'MIN USD', cell: ({ minNotionalUsd }) => minNotionalUsd, align: 'right' },
  { title: 'LEVERAGE', cell: ({ maxLeverage }) => `${maxLeverage}x`, align: 'right' },
  { title: 'MARGIN', cell: ({ onlyIsolated }) => (onlyIsolated ? 'isolated' : 'any') },
  { title: 'STATE', cell: ({ tradable }) => (tradable ? 'listed' : 'delisted') },
];
