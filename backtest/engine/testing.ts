import { CANDLE_PATHS, candleObservations, type CandlePath } from '#domain/candles.ts';
import { observe, type ExitFire, type ExitState } from '#domain/exit-engine.ts';
import { priceText, type PriceSeries } from '../prices/price-series.ts';

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
