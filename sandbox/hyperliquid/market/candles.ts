import { Amount, ZERO, maxOf, minOf, toWire } from '../wire/amounts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Length of every candle interval the venue serves, in ms (a month counts 30 days). */
export const INTERVAL_MS: Readonly<Record<string, number>> = {
  '1m': MINUTE_MS,
  '3m': 3 * MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '30m': 30 * MINUTE_MS,
  '1h': HOUR_MS,
  '2h': 2 * HOUR_MS,
  '4h': 4 * HOUR_MS,
  '8h': 8 * HOUR_MS,
  '12h': 12 * HOUR_MS,
  '1d': DAY_MS,
  '3d': 3 * DAY_MS,
  '1w': 7 * DAY_MS,
  '1M': 30 * DAY_MS,
};

/** Most one-minute bars kept per coin, and most bars of one answer. */
const BAR_LIMIT = 5_000;

export interface Bar {
  readonly startMs: number;
  readonly open: Amount;
  high: Amount;
  low: Amount;
  close: Amount;
  volume: Amount;
  trades: number;
}

export interface WireCandle {
  t: number;
  T: number;
  s: string;
  i: string;
  o: string;
  c: string;
  h: string;
  l: string;
  v: string;
  n: number;
}

/** Candles of one coin, built from its marks in wall-clock minutes; longer intervals are folded from minutes. */
export class CandleStore {
  readonly #bars: Bar[] = [];

  mark(px: Amount, nowMs: number): void {
    const bar = this.#current(px, nowMs);
    bar.high = maxOf(bar.high, px);
    bar.low = minOf(bar.low, px);
    bar.close = px;
  }

  trade(sz: Amount, px: Amount, nowMs: number): void {
    const bar = this.#current(px, nowMs);
    bar.volume = bar.volume.add(sz);
    bar.trades++;
  }

  /** Bars whose interval overlaps [startMs, endMs], oldest first, at most the newest 5000. */
  snapshot(coin: string, interval: string, startMs: number, endMs: number): WireCandle[] {
    const length = INTERVAL_MS[interval]!;
    const from = Math.floor(startMs / length) * length;
    const inRange = this.#bars.filter((bar) => bar.startMs >= from && bar.startMs <= endMs);
    return fold(inRange, length)
      .slice(-BAR_LIMIT)
      .map((bar) => toCandle(coin, interval, length, bar));
  }

  /** The candle of `interval` that is being built; undefined before the first mark. */
  current(coin: string, interval: string): WireCandle | undefined {
    const last = this.#bars.at(-1);
    return last && this.snapshot(coin, interval, last.startMs, last.startMs).at(-1);
  }

  /** The bar being built, for the journal. */
  latest(): Bar | undefined {
    return this.#bars.at(-1);
  }

  bars(): readonly Bar[] {
    return this.#bars;
  }

  /** Puts back a bar of an earlier run; a later version of the same minute replaces the earlier one. */
  restore(bar: Bar): void {
    if (this.#bars.at(-1)?.startMs === bar.startMs) this.#bars.pop();
    this.#bars.push(bar);
  }

  /** Puts bars of the past before those that were built here. */
  prepend(past: readonly Bar[]): void {
    const first = this.#bars[0]?.startMs ?? Infinity;
    const earlier = past.filter(({ startMs }) => startMs < first);
    this.#bars.unshift(...earlier.toSorted((left, right) => left.startMs - right.startMs));
    this.#bars.splice(0, this.#bars.length - BAR_LIMIT);
  }

  #current(px: Amount, nowMs: number): Bar {
    const startMs = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
    const last = this.#bars.at(-1);
    if (last && last.startMs >= startMs) return last;
    const bar = { startMs, open: last?.close ?? px, high: px, low: px, close: px, volume: ZERO, trades: 0 };
    bar.high = maxOf(bar.open, px);
    bar.low = minOf(bar.open, px);
    this.#bars.push(bar);
    if (this.#bars.length > BAR_LIMIT) this.#bars.shift();
    return bar;
  }
}

function fold(bars: readonly Bar[], lengthMs: number): Bar[] {
  const folded: Bar[] = [];
  for (const bar of bars) {
    const startMs = Math.floor(bar.startMs / lengthMs) * lengthMs;
    const last = folded.at(-1);
    if (last?.startMs !== startMs) {
      folded.push({ ...bar, startMs });
      continue;
    }
    last.high = maxOf(last.high, bar.high);
    last.low = minOf(last.low, bar.low);
    last.close = bar.close;
    last.volume = last.volume.add(bar.volume);
    last.trades += bar.trades;
  }
  return folded;
}

function toCandle(coin: string, interval: string, length: number, bar: Bar): WireCandle {
  return {
    t: bar.startMs,
    T: bar.startMs + length - 1,
    s: coin,
    i: interval,
    o: toWire(bar.open),
    c: toWire(bar.close),
    h: toWire(bar.high),
    l: toWire(bar.low),
    v: toWire(bar.volume),
    n: bar.trades,
  };
}

export function parseBar(raw: Record<keyof Bar, string | number>): Bar {
  const amount = (name: keyof Bar): Amount => new Amount(raw[name]);
  return {
    startMs: Number(raw.startMs),
    open: amount('open'),
    high: amount('high'),
    low: amount('low'),
    close: amount('close'),
    volume: amount('volume'),
    trades: Number(raw.trades),
  };
}
