import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';

/**
 * The prices of one instrument in the order of time, as plain numbers: candles, or single prints, which are candles
 * whose four prices are one. Numbers have at most 15 significant digits, so their shortest text is the price.
 */
export interface PriceSeries {
  symbol: Symbol;
  length: number;
  /** Start of each candle, or time of each print, epoch ms. */
  times: Float64Array;
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
  /** Length of a candle in ms; null for prints. */
  intervalMs: number | null;
  /** For prints, 1 where the market jumped to it and 0 where it moved there continuously; null where all jumped. */
  jumps: Uint8Array | null;
}

/** Returns the first index whose time is at or after `t`; the length where there is none. */
export function indexFrom({ times, length }: Pick<PriceSeries, 'times' | 'length'>, t: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the last index whose time is at or before `t`; -1 where there is none. */
export function indexUntil(series: Pick<PriceSeries, 'times' | 'length'>, t: number): number {
  let [low, high] = [0, series.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (series.times[middle]! <= t) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Returns a price as plain decimal text. */
export function priceText(price: number): DecimalString {
  const text = String(price);
  return text.includes('e') ? price.toFixed(20).replace(/\.?0+$/u, '') : text;
}

/** Columns of prices that grow as rows are appended. */
export class PriceColumns {
  length = 0;
  times: Float64Array = new Float64Array(1024);
  open: Float64Array = new Float64Array(1024);
  high: Float64Array = new Float64Array(1024);
  low: Float64Array = new Float64Array(1024);
  close: Float64Array = new Float64Array(1024);
  jumps: Uint8Array = new Uint8Array(1024);

  append(t: number, open: number, high: number, low: number, close: number): void {
    if (this.length === this.times.length) this.grow();
    const at = this.length;
    this.times[at] = t;
    this.open[at] = open;
    this.high[at] = high;
    this.low[at] = low;
    this.close[at] = close;
    this.jumps[at] = 1;
    this.length = at + 1;
  }

  private grow(): void {
    const size = this.times.length * 2;
    for (const name of ['times', 'open', 'high', 'low', 'close'] as const) {
      const grown = new Float64Array(size);
      grown.set(this[name]);
      this[name] = grown;
    }
    const jumps = new Uint8Array(size);
    jumps.set(this.jumps);
    this.jumps = jumps;
  }
}
