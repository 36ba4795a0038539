import type { Barriers } from '#domain/barriers.ts';
import { CANDLE_PATHS, candleObservations, type CandlePath } from '#domain/candles.ts';
import { observe, type ExitFire, type ExitState } from '#domain/exit-engine.ts';
import type { Call } from '../call.ts';
import { priceText, type PriceSeries } from '../prices/price-series.ts';
import type { Market } from './market.ts';
import type { PortfolioRules } from './run-portfolio.ts';

export type Row = readonly [t: number, open: number, high: number, low: number, close: number];

/** Returns candles as a series. */
export function candleSeries(rows: readonly Row[], intervalMs = 60_000): PriceSeries {
  const column = (index: 0 | 1 | 2 | 3 | 4) => Float64Array.from(rows, (row) => row[index]);
  return {
    symbol: 'BTC',
    length: rows.length,
    times: column(0),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
    intervalMs,
    jumps: null,
  };
}

/** Returns prints as a series; those without a jump are marked. */
export function printSeries(prints: readonly { t: number; price: number; gap: boolean }[]): PriceSeries {
  const prices = Float64Array.from(prints, ({ price }) => price);
  return {
    symbol: 'BTC',
    length: prints.length,
    times: Float64Array.from(prints, ({ t }) => t),
    open: prices,
    high: prices,
    low: prices,
    close: prices,
    intervalMs: null,
    jumps: Uint8Array.from(prints, ({ gap }) => Number(gap)),
  };
}

/** Asks the engine of `domain/` about every price of a series, one after another. */
export function askAll(
  opened: ExitState,
  series: PriceSeries,
  at: number,
  path: CandlePath,
): { state: ExitState; fires: ExitFire[]; stopMoves: object[] } {
  let state = opened;
  const asked: { fires: ExitFire[]; stopMoves: object[] } = { fires: [], stopMoves: [] };
  for (let index = at; index < series.length; index++) {
    for (const observation of observationsAt(series, index, state.side, path)) {
      const step = observe(state, observation);
      state = step.state;
      asked.fires.push(...step.fires);
      asked.stopMoves.push(...step.stopMoves);
    }
  }
  return { state, ...asked };
}

function observationsAt(series: PriceSeries, index: number, side: ExitState['side'], path: CandlePath) {
  const t = series.times[index]!;
  const [open, high, low, close] = [series.open, series.high, series.low, series.close].map((column) =>
    priceText(column[index]!),
  );
  if (series.intervalMs === null) return [{ price: open!, t, gap: series.jumps?.[index] !== 0 }];
  return candleObservations({ t, open: open!, high: high!, low: low!, close: close! }, side, path);
}

export const otherOf = (path: CandlePath): CandlePath | null =>
  path === 'nearer' ? null : (CANDLE_PATHS.find((each) => each !== path && each !== 'nearer') ?? null);

/**
 * Returns minutes of a price that wanders from 40,000 in whole tenths and never jumps; equal on every machine for equal
 * seeds.
 */
export function wanderingMinutes(seed: number, count: number): Row[] {
  const draw = drawer(seed);
  const rows: Row[] = [];
  let price = 400_000;
  for (let at = 0; at < count; at++) {
    const open = price;
    const close = Math.max(200_000, open + draw(601) - 300);
    const high = Math.max(open, close) + draw(250);
    const low = Math.min(open, close) - draw(250);
    rows.push([WANDER_FROM + at * 60_000, open / 10, high / 10, low / 10, close / 10]);
    price = close;
  }
  return rows;
}

export const WANDER_FROM = Date.UTC(2024, 0, 1);

/** Returns a source of whole numbers from 0 to below a limit. Source: Tommy Ettinger's mulberry32, public domain. */
function drawer(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Returns a market without costs, with prices and sizes as fine as they are given. */
export function freeMarket(series: PriceSeries): Market {
  return {
    symbol: series.symbol,
    series,
    instrument: {
      venue: 'hyperliquid',
      symbol: series.symbol,
      venueSymbol: series.symbol,
      venueAssetId: 0,
      priceRule: { kind: 'step', tick: '0.00000001' },
      lot: '0.00000001',
      minNotionalUsd: '0',
      maxLeverage: 40,
      onlyIsolated: false,
      tradable: true,
    },
    fees: { entryBps: 0, exitBps: 0, flatUsd: '0' },
    fillCosts: { spreadBps: 0, slippageBps: 0 },
    holdingBpsPerHour: { long: 0, short: 0 },
    maintenance: { share: 0.5, of: 'mark' },
    separatePositions: false,
  };
}

/** The task on which other engines were measured: stop 2 %, target 3 %, and a trail of 1 % from 1.0001 % on. */
const TASK: Barriers = {
  stopLoss: { pct: 2 },
  takeProfits: [{ pct: 3, fraction: 1 }],
  trailing: [{ activatesAtPct: 1.0001, distancePct: 1 }],
};

/** Returns a call at every `every`th candle from the sixth on, long and short in turn, to be entered at the next open. */
export function callsEvery(every: number, { symbol, times, length }: PriceSeries): Call[] {
  const calls: Call[] = [];
  for (let at = 5; at + 1 < length; at += every) {
    const t = times[at + 1]!;
    calls.push({
      signalId: String(calls.length),
      postId: null,
      source: null,
      author: null,
      agent: 'task',
      postedAt: t,
      callPrice: null,
      terms: {
        symbol,
        side: calls.length % 2 === 0 ? 'long' : 'short',
        confidence: 1,
        sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
        barriers: TASK,
        leverage: null,
        weightPct: 100,
        referencePrice: null,
        maxDriftPct: 1,
        calledAt: t,
        expiresAt: t + 300_000,
      },
    });
  }
  return calls;
}

/** Rules of the task: every call is a trade of its own, or one is open at a time. */
export const taskRules = (path: CandlePath, { independent }: { independent: boolean }): PortfolioRules => ({
  capitalUsd: '1000000',
  deployment: { maxLeverage: 1, maxNotionalUsd: null, maxOpenPositions: 1000, sizeModel: null },
  limits: {},
  delayMs: 0,
  again: true,
  independent,
  path,
  otherPath: null,
  keepsStory: false,
});
