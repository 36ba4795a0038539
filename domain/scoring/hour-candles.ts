import type { DecimalString } from '../money.ts';

export const HOUR_MS = 3_600_000;
/** Hours that a score looks back on: enough for averages over 50 hours to have forgotten how they began. */
export const SCORED_HOURS = 300;
/** With fewer of these hours nothing is said about trend, momentum and volatility. */
export const LEAST_COVERAGE = 0.95;

/** Prices and volume of a span of time, as a venue or a watcher saw them; times in epoch ms. */
export interface PriceSpan {
  openedAt: number;
  open: DecimalString;
  high: DecimalString;
  low: DecimalString;
  close: DecimalString;
  /** In units of what is traded; null where nobody counted it. */
  volume: DecimalString | null;
}

/** One finished hour. Numbers, because they are compared and averaged and never ordered. */
export interface HourCandle {
  openedAt: number;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number | null;
}

/** The newest {@link SCORED_HOURS} hours before a time. */
export interface HourCandles {
  /** Oldest first; hours without prices are left out, never filled in. */
  candles: readonly HourCandle[];
  /** Share of the hours that have a candle, 0 to 1. */
  coverage: number;
}

/**
 * Folds spans of at most an hour into the finished hours before `now`. A span with a price that is zero, negative or no
 * number counts as missing. With `leastSpans`, an hour with fewer spans is left out, because not all of it was seen.
 */
export function hourCandles(spans: readonly PriceSpan[], now: number, leastSpans = 1): HourCandles {
  const end = Math.floor(now / HOUR_MS) * HOUR_MS;
  const start = end - SCORED_HOURS * HOUR_MS;
  const hours = new Map<number, HourCandle[]>();
  for (const span of spans) {
    const hour = Math.floor(span.openedAt / HOUR_MS) * HOUR_MS;
    const read = readSpan(span);
    if (hour >= start && hour < end && read) hours.set(hour, [...(hours.get(hour) ?? []), read]);
  }
  const candles = [...hours]
    .filter(([, seen]) => seen.length >= leastSpans)
    .sort(([left], [right]) => left - right)
    .map(([hour, seen]) => fold(hour, seen));
  return { candles, coverage: candles.length / SCORED_HOURS };
}

function readSpan({ openedAt, open, high, low, close, volume }: PriceSpan): HourCandle | null {
  const prices = { open: Number(open), high: Number(high), low: Number(low), close: Number(close) };
  const isWhole = Object.values(prices).every((price) => Number.isFinite(price) && price > 0);
  const counted = volume === null ? NaN : Number(volume);
  return isWhole ? { openedAt, ...prices, volume: counted >= 0 ? counted : null } : null;
}

function fold(openedAt: number, spans: readonly HourCandle[]): HourCandle {
  const ordered = spans.toSorted((left, right) => left.openedAt - right.openedAt);
  return {
    openedAt,
    open: ordered[0]?.open ?? NaN,
    high: Math.max(...ordered.map(({ high }) => high)),
    low: Math.min(...ordered.map(({ low }) => low)),
    close: ordered.at(-1)?.close ?? NaN,
    volume: ordered.reduce<number | null>(
      (total, { volume }) => (total === null || volume === null ? null : total + volume),
      0,
    ),
  };
}
