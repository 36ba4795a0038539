import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CandlePath } from '#domain/candles.ts';
import type { Symbol } from '#domain/ids.ts';
import { InputError } from '#terminal/input-error.ts';
import type { Call } from './call.ts';
import { findCoverage, findMissing, findPostFaults, namedPrices } from './checks/check-calls.ts';
import { findGaps, otherInstrument } from './checks/check-prices.ts';
import type { Market } from './engine/market.ts';
import { runPortfolio, type PortfolioOutcome, type PortfolioRules } from './engine/run-portfolio.ts';
import { closedTrades, openTrades, portfolioBound } from './engine/to-result.ts';
import { indexFrom, type PriceSeries } from './prices/price-series.ts';
import { readPrices } from './prices/read-prices.ts';
import type {
  BacktestResult,
  DataFinding,
  InstrumentPrices,
  PricePoint,
  RunInput,
  RunSettings,
  UntradedSignal,
} from './result.ts';
import { marketOf } from './settings/market-rules.ts';
import type { Settings } from './settings/settings.ts';
import { judgeCalls } from './signals/judge-calls.ts';
import type { CallLine } from './signals/posts.ts';
import { readCalls } from './signals/read-posts.ts';

/** Changes with every change of what a run comes to. */
export const ENGINE_VERSION = 'backtest/1';

/** Files that a run reads, and what it is called. */
export interface BacktestRequest {
  posts: string;
  prices: readonly { file: string; symbol: Symbol }[];
  settings: Settings;
  name: string | null;
}

/** Posts and prices of a run in memory, read and checked once for any number of settings. */
export interface LoadedInputs {
  lines: readonly CallLine[];
  postsFile: string;
  series: ReadonlyMap<Symbol, PriceSeries>;
  inputs: RunInput[];
  findings: DataFinding[];
}

/** Reads the files of a run, checks them, runs it and returns its result. Throws {@link InputError}. */
export async function runBacktest(request: BacktestRequest): Promise<BacktestResult> {
  const startedAt = performance.now();
  const loaded = await loadInputs(request);
  return toBacktest(loaded, request, startedAt);
}

/** Reads posts and prices, and notes what is wrong with them. Throws {@link InputError}. */
export async function loadInputs({
  posts,
  prices,
}: Pick<BacktestRequest, 'posts' | 'prices'>): Promise<LoadedInputs> {
  const { lines, input } = await readCalls(posts);
  const series = new Map<Symbol, PriceSeries>();
  const keepFrom = (lines[0]?.postedAt ?? 0) - DAY_MS;
  const inputs = [input];
  const findings = findPostFaults(lines, basename(posts));
  for (const { file, symbol } of prices) {
    if (series.has(symbol)) throw new InputError(file, null, null, `is a second file of prices of ${symbol}`);
    const read = await readPrices(file, symbol, keepFrom);
    series.set(symbol, read.series);
    inputs.push(read.input);
    findings.push(...read.findings, ...findGaps(read.series, basename(file)));
  }
  return { lines, postsFile: posts, series, inputs, findings };
}

/** Calls and markets of loaded inputs under settings. */
export interface PreparedRun {
  calls: Call[];
  refusals: UntradedSignal[];
  markets: ReadonlyMap<Symbol, Market>;
}

/** Judges the posts of loaded inputs under settings. Throws {@link InputError} for prices of another instrument. */
export function prepareRun({ lines, postsFile, series }: LoadedInputs, settings: Settings): PreparedRun {
  const markets = new Map([...series].map(([symbol, each]) => [symbol, marketOf(each, settings)]));
  const { calls, refusals } = judgeCalls(lines, markets, { settings, source: basename(postsFile) });
  return { calls, refusals, markets };
}

/** Runs a prepared portfolio with one order of extremes. Without `keepsStory` stop moves and the curve are left out. */
export const runPrepared = (
  { calls, markets }: PreparedRun,
  settings: Settings,
  { path, otherPath, keepsStory }: Pick<PortfolioRules, 'path' | 'otherPath' | 'keepsStory'>,
): PortfolioOutcome => runPortfolio(calls, markets, { ...rulesOf(settings), path, otherPath, keepsStory });

function rulesOf({ capitalUsd, deployment, delayMs, again, independent }: Settings) {
  const { maxLeverage, maxNotionalUsd, maxOpenPositions, sizeModel, ...limits } = deployment;
  return {
    capitalUsd,
    deployment: { maxLeverage, maxNotionalUsd, maxOpenPositions, sizeModel },
    limits,
    delayMs,
    again,
    independent,
  };
}

/** Runs loaded inputs under settings and returns the whole result. Throws {@link InputError}. */
export function toBacktest(
  loaded: LoadedInputs,
  { settings, name, prices }: Pick<BacktestRequest, 'settings' | 'name' | 'prices'>,
  startedAt: number,
): BacktestResult {
  const prepared = prepareRun(loaded, settings);
  checkInstruments(prepared, prices);
  const path: CandlePath = settings.path === 'both' ? 'worst' : settings.path;
  const otherPath = settings.path === 'both' ? 'best' : null;
  const outcome = runPrepared(prepared, settings, { path, otherPath, keepsStory: true });
  const refusals = [...prepared.refusals, ...outcome.refusals].toSorted(byPost);
  const findings = [
    ...loaded.findings,
    ...findMissing(refusals),
    ...findCoverage(prepared.calls, prepared.markets),
  ];
  return {
    run: {
      id: runId(loaded.inputs, settings),
      name,
      engineVersion: ENGINE_VERSION,
      inputs: loaded.inputs,
      settings: settingsOf(settings),
      ranAt: Date.now(),
      tookMs: Math.round(performance.now() - startedAt),
    },
    period: outcome.period,
    capitalUsd: settings.capitalUsd,
    path,
    trades: closedTrades(outcome),
    open: openTrades(outcome),
    refusals,
    equity: outcome.equity,
    bounds: otherPath === null ? null : boundsOf(prepared, settings, outcome),
    instruments: [...prepared.markets.values()].map((market) =>
      pricesOf(market, prepared.calls, outcome.period),
    ),
    findings: findings.toSorted(
      (one, other) => Number(one.level === 'note') - Number(other.level === 'note'),
    ),
  };
}

const byPost = (one: UntradedSignal, other: UntradedSignal): number =>
  (one.postedAt ?? 0) - (other.postedAt ?? 0);

function boundsOf(prepared: PreparedRun, settings: Settings, outcome: PortfolioOutcome) {
  const best = runPrepared(prepared, settings, { path: 'best', otherPath: null, keepsStory: false });
  return { worst: portfolioBound(outcome), best: portfolioBound(best) };
}

function checkInstruments({ calls, markets }: PreparedRun, prices: BacktestRequest['prices']): void {
  for (const { file, symbol } of prices) {
    const market = markets.get(symbol);
    const other = market && otherInstrument(namedPrices(calls, market.series));
    if (!other) continue;
    const { price, known } = other;
    throw new InputError(
      file,
      null,
      null,
      `are prices of something else than ${symbol}: a post says ${price} where they say ${known}`,
    );
  }
}

function pricesOf(
  { symbol, series, instrument }: Market,
  calls: readonly Call[],
  { from, to }: { from: number; to: number },
): InstrumentPrices {
  const last = series.length - 1;
  const start = Math.min(last, indexFrom(series, from));
  return {
    symbol,
    venue: instrument.venue,
    intervalMs: series.intervalMs,
    candles: series.length - start,
    first: { t: series.times[start]!, price: series.open[start]! },
    last: { t: Math.min(to, series.times[last]! + (series.intervalMs ?? 0)), price: series.close[last]! },
    days: lastOfDays(series, start),
    signals: calls.filter(({ terms }) => terms.symbol === symbol).length,
  };
}

const DAY_MS = 86_400_000;

function lastOfDays({ times, close, length }: PriceSeries, start: number): PricePoint[] {
  const days: PricePoint[] = [];
  for (let at = start; at < length; at++) {
    const isLast =
      at === length - 1 || Math.floor(times[at + 1]! / DAY_MS) !== Math.floor(times[at]! / DAY_MS);
    if (isLast) days.push({ t: times[at]!, price: close[at]! });
  }
  return days;
}

/** Returns the settings as the result keeps them: plain JSON. */
const settingsOf = (settings: Settings): RunSettings => JSON.parse(JSON.stringify(settings));

/** Returns the id of a run: equal inputs, settings and engine have one id. */
const runId = (inputs: readonly RunInput[], settings: Settings): string =>
  createHash('sha256')
    .update(
      JSON.stringify([ENGINE_VERSION, inputs.map(({ kind, sha256 }) => [kind, sha256]), sorted(settings)]),
    )
    .digest('hex')
    .slice(0, 16);

/** Returns a value whose objects have their fields in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, field]) => [name, sorted(field)]),
  );
}
