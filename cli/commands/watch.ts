import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import type { ApiClient } from '#api/client.ts';
import type { Brake } from '#api/schemas/brake.ts';
import type { Trade } from '#api/schemas/trade.ts';
import type { Venue } from '#api/schemas/venue.ts';
import {
  duration,
  orDash,
  renderTable,
  shortId,
  shortNumbers,
  shown,
  signedUsd,
  utc,
  type Colors,
  type Column,
} from '#terminal/output.ts';
import { ApiRequestError } from '#api/client.ts';
import { DEFAULT_ROWS, MAX_ROWS, openContext, wholeNumber } from '../context.ts';
import { describeBrake } from '../render/brake.ts';

interface Options {
  every: number;
  limit: number;
  once?: boolean;
  json?: boolean;
}

/** What the table shows. */
interface Picture {
  at: number;
  trades: Trade[];
  closed: Trade[];
  venues: Venue[];
  brakes: Brake[];
}

const LIVE = 'routing,opening,open,closing,settling';
const CLOSED_ROWS = 5;
/** Puts the cursor to the top left and clears what is below. */
const HOME = '\u001B[H\u001B[J';

/** `signalman watch`: a table of trades, stops and venues that is drawn anew until Ctrl-C. */
export const watchCommand = (): Command =>
  new Command('watch')
    .description('show trades, stops, profit and venues live; Ctrl-C ends it')
    .option('--every <seconds>', 'how often it is drawn anew', wholeNumber(1, 3_600), 2)
    .option('--limit <n>', 'how many live trades', wholeNumber(1, MAX_ROWS), DEFAULT_ROWS)
    .option('--once', 'show it once, as where standard output is no terminal')
    .option('--json', 'print JSON, once')
    .action(watch);

async function watch({ every, limit, once, json }: Options): Promise<void> {
  const { api, out } = openContext();
  if (json) return out.json(await look(api, limit));
  if (once || !process.stdout.isTTY) {
    for (const line of draw(await look(api, limit), out.colors)) out.line(line);
    return;
  }
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one picture after the other
    const lines = await look(api, limit).then((picture) => draw(picture, out.colors), unreachable);
    const rows = process.stdout.rows ?? lines.length;
    process.stdout.write(
      `${HOME}${lines
        .slice(0, rows - 1)
        .map(shown)
        .join('\n')}\n`,
    );
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(every * 1000);
  }
}

/** Returns what is shown while the API does not answer: the next picture may come all the same. */
function unreachable(error: unknown): string[] {
  if (error instanceof ApiRequestError) return [`${utc(Date.now())} UTC`, error.message];
  throw error;
}

async function look(api: ApiClient, limit: number): Promise<Picture> {
  const [trades, closed, venues, brakes] = await Promise.all([
    api.list<Trade>('/trades', limit, { phase: LIVE }),
    api.list<Trade>('/trades', CLOSED_ROWS, { phase: 'closed' }),
    api.get<{ items: Venue[] }>('/venues'),
    api.list<Brake>('/brakes', DEFAULT_ROWS, { inForce: 'true' }),
  ]);
  return { at: Date.now(), trades, closed, venues: venues.items, brakes };
}

function draw({ at, trades, closed, venues, brakes }: Picture, colors: Colors): string[] {
  return [
    `${utc(at)} UTC  ${trades.length} live trades`,
    ...brakes.map((brake) => colors.red(describeBrake(brake))),
    '',
    ...renderTable(VENUE_COLUMNS, venues, colors),
    '',
    ...(trades.length > 0 ? renderTable(liveColumns(at), trades, colors) : ['no trade is live']),
    ...(closed.length > 0 ? ['', ...renderTable(CLOSED_COLUMNS, closed, colors)] : []),
  ];
}

const VENUE_COLUMNS: Column<Venue>[] = [
  { title: 'VENUE', cell: ({ venue }) => venue },
  { title: 'HEALTH', cell: ({ health }) => orDash(health) },
  {
    title: 'LATENCY',
    cell: ({ latencyMs }) => (latencyMs === null ? '-' : `${Math.round(latencyMs)} ms`),
    align: 'right',
  },
  { title: 'WATCHED', cell: ({ watch: watched }) => watched?.state ?? '-' },
  { title: 'TRADES', cell: ({ watch: watched }) => String(watched?.trades ?? '-'), align: 'right' },
];

const liveColumns = (at: number): Column<Trade>[] => [
  { title: 'ID', cell: ({ id }) => shortId(id) },
  { title: 'AGENT', cell: ({ agentName }) => agentName },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'VENUE', cell: ({ venue }) => orDash(venue) },
  { title: 'PHASE', cell: ({ phase, paused }) => (paused ? `${phase} (paused)` : phase) },
  { title: 'SIZE', cell: ({ remainingSize }) => shortNumbers(orDash(remainingSize)), align: 'right' },
  { title: 'ENTRY', cell: ({ entryPrice }) => shortNumbers(orDash(entryPrice)), align: 'right' },
  {
    title: 'STOP',
    cell: ({ stopPrice, phase }) => stopPrice ?? (phase === 'open' ? 'NONE' : '-'),
    align: 'right',
  },
  {
    title: 'OPEN FOR',
    cell: ({ openedAt }) => (openedAt === null ? '-' : duration(at - openedAt)),
    align: 'right',
  },
];

const CLOSED_COLUMNS: Column<Trade>[] = [
  { title: 'CLOSED (UTC)', cell: ({ closedAt }) => (closedAt === null ? '-' : utc(closedAt)) },
  { title: 'INSTRUMENT', cell: ({ symbol }) => symbol },
  { title: 'SIDE', cell: ({ side }) => side },
  { title: 'NET USD', cell: ({ netPnlUsd }) => signedUsd(netPnlUsd), align: 'right' },
  { title: 'WHY', cell: ({ exitReason }) => orDash(exitReason) },
];
