// `npm run bench -- backtest`: the loop over candles, a file of half a million rows to a whole result, and a hundred
// settings, beside other engines where Python has them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { callsEvery, freeMarket, taskRules, wanderingMinutes } from '#backtest/engine/testing.ts';
import { runPortfolio } from '#backtest/engine/run-portfolio.ts';
import type { PriceSeries } from '#backtest/prices/price-series.ts';
import { readPrices } from '#backtest/prices/read-prices.ts';
import { PEERS, runPeer, type Peer } from './backtest/peers.ts';
import { runMeasured } from './backtest/run-measured.ts';

const CANDLES = 495_341;
const EVERY = 90;
const SETTINGS = 100;
const LOOPS = 5;

/** One engine on one task. Times in seconds; null where it was not measured. */
interface BenchRow {
  engine: string;
  loopSeconds: number;
  candlesPerSecond: number;
  wallSeconds: number | null;
  rssMiB: number | null;
  trades: number;
}

/**
 * Measures the loop (the better half of five runs in one process, after one to warm up), the command from its start to
 * the printed result in a process of its own, and peers by their own scripts. `--prices` names a file of candles; without it
 * half a million are made.
 */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      prices: { type: 'string' },
      peers: { type: 'string', default: '' },
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'bench-backtest-'));
  try {
    const prices = values.prices ?? (await writeCandles(folder));
    const { series } = await readPrices(prices, 'BTC');
    const rows = [
      await ownRow(folder, prices, series),
      ...(await peerRows(values.peers, folder, prices, series)),
    ];
    const grid = gridOf(series);
    if (values.json) process.stdout.write(`${JSON.stringify({ rows, grid }, null, 2)}\n`);
    else for (const line of render(rows, grid)) process.stdout.write(`${line}\n`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function writeCandles(folder: string): Promise<string> {
  const file = join(folder, 'candles.csv');
  const rows = wanderingMinutes(17, CANDLES).map((row) => row.join(','));
  await writeFile(file, `timestamp,open,high,low,close\n${rows.join('\n')}\n`);
  return file;
}

async function ownRow(folder: string, prices: string, series: PriceSeries): Promise<BenchRow> {
  const { loopSeconds, trades } = measureLoop(series);
  const posts = join(folder, 'posts.jsonl');
  const lines = callsEvery(EVERY, series).map(({ postedAt, terms: { side, barriers } }) =>
    JSON.stringify({ symbol: 'BTC', side, postedAt, barriers }),
  );
  await writeFile(posts, lines.join('\n'));
  const command = [
    'backtest',
    '--posts',
    posts,
    '--prices',
    prices,
    '--coin',
    'BTC',
    '--again',
    '--delay',
    '0',
  ];
  const whole = await runMeasured(['cli/signalman.mjs', ...command]);
  return {
    engine: 'signalman',
    loopSeconds,
    candlesPerSecond: series.length / loopSeconds,
    ...whole,
    trades,
  };
}

/** Returns the median of some runs of the loop, one trade at a time, the first one left out. */
function measureLoop(series: PriceSeries): { loopSeconds: number; trades: number } {
  const markets = new Map([['BTC', freeMarket(series)]]);
  const calls = callsEvery(EVERY, series);
  const rules = { ...taskRules('worst', { independent: false }), deployment: ONE_AT_A_TIME };
  const seconds: number[] = [];
  let trades = 0;
  for (let loop = 0; loop <= LOOPS; loop++) {
    const began = performance.now();
    trades = runPortfolio(calls, markets, rules).trades.length;
    if (loop > 0) seconds.push((performance.now() - began) / 1000);
  }
  return { loopSeconds: seconds.toSorted((one, other) => one - other)[LOOPS >> 1] ?? NaN, trades };
}

const ONE_AT_A_TIME = { maxLeverage: 1, maxNotionalUsd: null, maxOpenPositions: 1, sizeModel: null };

/** Returns the seconds that a hundred settings take, each call a trade of its own. */
function gridOf(series: PriceSeries): { settings: number; trades: number; seconds: number } {
  const markets = new Map([['BTC', freeMarket(series)]]);
  const calls = callsEvery(EVERY, series);
  const began = performance.now();
  let trades = 0;
  for (let set = 0; set < SETTINGS; set++) {
    const stop = { pct: 1 + (set % 10) / 4 };
    const trailing = [{ activatesAtPct: 0.5 + set / 50, distancePct: 1 }];
    const under = calls.map((call) => ({
      ...call,
      terms: { ...call.terms, barriers: { ...call.terms.barriers, stopLoss: stop, trailing } },
    }));
    trades += runPortfolio(under, markets, taskRules('worst', { independent: true })).trades.length;
  }
  return { settings: SETTINGS, trades, seconds: (performance.now() - began) / 1000 };
}

async function peerRows(
  names: string,
  folder: string,
  prices: string,
  series: PriceSeries,
): Promise<BenchRow[]> {
  const wanted = names === 'all' ? PEERS : PEERS.filter(({ name }) => names.split(',').includes(name));
  const rows: BenchRow[] = [];
  for (const peer of wanted) rows.push(await peerRow(peer, { folder, prices, candles: series.length }));
  return rows;
}

async function peerRow(
  peer: Peer,
  { folder, prices, candles }: { folder: string; prices: string; candles: number },
): Promise<BenchRow> {
  const measured = await runPeer(peer, [prices, String(EVERY), ...peer.args, folder]);
  return {
    engine: `${peer.name} ${peer.version}`,
    loopSeconds: measured.loopSeconds,
    candlesPerSecond: candles / measured.loopSeconds,
    wallSeconds: measured.wallSeconds,
    rssMiB: measured.rssMiB,
    trades: typeof measured.trades === 'number' ? measured.trades : measured.trades.length,
  };
}

function render(rows: readonly BenchRow[], grid: ReturnType<typeof gridOf>): string[] {
  const own = rows[0]?.loopSeconds ?? NaN;
  const cells = rows.map(({ engine, loopSeconds, candlesPerSecond, wallSeconds, rssMiB, trades }) => [
    engine,
    loopSeconds.toFixed(3),
    Math.round(candlesPerSecond).toLocaleString('en'),
    String(trades),
    wallSeconds?.toFixed(2) ?? '-',
    rssMiB === null ? '-' : rssMiB.toFixed(0),
    `${(loopSeconds / own).toFixed(1)}x`,
  ]);
  const table = [['ENGINE', 'LOOP s', 'CANDLES/s', 'TRADES', 'WALL s', 'RSS MiB', 'LOOP'], ...cells];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return [
    ...table.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')),
    `${grid.settings} settings, ${grid.trades} trades in all: ${grid.seconds.toFixed(1)} s`,
  ];
}
