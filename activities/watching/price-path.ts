import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { listBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { Candle, MarketDataClient } from '#venues/venue.ts';
import { BAR_MS } from './bar-recorder.ts';

/** Length of a candle of the venue. */
export const MINUTE_MS = 60_000;
/** Shortest gap for which candles are read; a shorter one hides next to nothing. */
const LEAST_GAP_MS = 1_000;

/** Known prices of an instrument. */
export interface PricePath {
  bars: PriceBar[];
  /** The bars among them that were made from the venue's candles, for a time without a watcher. */
  filled: PriceBar[];
}

/**
 * Returns the prices of an instrument from the minute of `fromMs` on: the bars that watchers stored, then the venue's
 * candles. Candles are whole minutes of traded prices. Of a candle that began under a watcher, only extremes that no
 * bar has count.
 */
export async function pricePath(
  db: Database,
  market: Pick<MarketDataClient, 'candles'>,
  { venue, symbol, fromMs, heard = [] }: PathQuery,
  now: number,
): Promise<PricePath> {
  const minute = fromMs - (fromMs % MINUTE_MS);
  const gapTo = heard[0]?.openedAt ?? now;
  // Bars of prices heard here may be stored already; they say nothing of the time before them.
  const seen = (await listBars(db, venue, symbol, minute)).filter(({ openedAt }) => openedAt < gapTo);
  const gapFrom = seen.at(-1)?.seenUntil ?? minute;
  const candles = gapTo - gapFrom > LEAST_GAP_MS ? await market.candles(symbol, gapFrom, gapTo) : [];
  const filled = fillGap(symbol, seen, candles, gapTo).map((bar) => withoutHeard(bar, heard, gapTo));
  return { bars: [...seen, ...filled, ...heard], filled };
}

/** Instrument whose prices are read, and the time from which on. */
export interface PathQuery {
  venue: VenueName;
  symbol: Symbol;
  fromMs: number;
  /** Prices heard last without a gap, oldest first; the path ends with them. */
  heard?: readonly PriceBar[];
}

/** Returns a candle without the extremes that were heard, because only the others can have come before. */
function withoutHeard(bar: PriceBar, heard: readonly PriceBar[], gapTo: number): PriceBar {
  const [first] = heard;
  if (!first || bar.seenUntil < gapTo) return bar;
  const heardHigh = Math.max(...heard.map(({ high }) => Number(high)));
  const heardLow = Math.min(...heard.map(({ low }) => Number(low)));
  return {
    ...bar,
    high: Number(bar.high) > heardHigh ? bar.high : first.open,
    low: Number(bar.low) < heardLow ? bar.low : first.open,
    close: first.open,
  };
}

/** Returns bars of the venue's candles for the time after the stored ones, up to now. */
export function fillGap(
  symbol: Symbol,
  seen: readonly PriceBar[],
  candles: readonly Candle[],
  now: number,
): PriceBar[] {
  const seenUntil = seen.at(-1)?.seenUntil ?? null;
  return candles
    .filter(({ openedAt, closedAt }) => closedAt > (seenUntil ?? 0) && openedAt <= now)
    .map((candle) => barOf(symbol, candle, seen, now));
}

function barOf(symbol: Symbol, candle: Candle, seen: readonly PriceBar[], now: number): PriceBar {
  const end = Math.min(candle.closedAt, now);
  const seenUntil = seen.at(-1)?.seenUntil ?? null;
  if (seenUntil === null || candle.openedAt > seenUntil) {
    const { openedAt, open, high, low, close } = candle;
    return { symbol, openedAt, open, high, low, close, seenUntil: end };
  }
  const unseen = unseenPart(candle, seen);
  return { symbol, openedAt: seenUntil + 1, ...unseen, seenUntil: Math.max(end, seenUntil + 1) };
}

/**
 * Returns the part of a candle that must have come after the bars within it. The watcher that wrote a bar had caught up
 * to the one before, so only the beginning may be missing: then the close alone is certain.
 */
function unseenPart(candle: Candle, seen: readonly PriceBar[]) {
  const { close, high, low } = candle;
  const within = seen.filter(({ seenUntil }) => seenUntil >= candle.openedAt);
  const isCovered = (seen[0]?.openedAt ?? Infinity) <= candle.openedAt + BAR_MS;
  const seenHigh = Math.max(...within.map((bar) => Number(bar.high)));
  const seenLow = Math.min(...within.map((bar) => Number(bar.low)));
  return {
    open: close,
    high: isCovered && Number(high) > seenHigh ? high : close,
    low: isCovered && Number(low) < seenLow ? low : close,
    close,
  };
}
