import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { saveBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { PriceTick } from '#venues/venue.ts';

/** Length of a bar: short enough to hide little, long enough to keep bars few. */
export const BAR_MS = 5_000;
/** How long single prices are remembered at least: longer than it takes from arming a trade to its watch. */
const RECENT_MS = 10_000;
const MOST_RECENT = 2_000;

/** Gathers prices into bars and stores them in batches, so that a successor can go on from them. */
export interface BarRecorder {
  add(tick: PriceTick): void;
  /** Adds bars of a time without a watcher, made from the venue's candles. */
  addBars(bars: readonly PriceBar[]): void;
  /** Ends the bar of an instrument, so that later prices can be told from earlier ones. */
  cut(symbol: Symbol): void;
  /** Takes note that prices are missed from now until the next one comes. */
  breakOff(symbol?: Symbol): void;
  /**
   * Allows forgetting single prices of well before this time. Until it is called, prices are remembered up to a number.
   */
  rememberFrom(sinceMs: number): void;
  /** Returns every price since a time; null when some are forgotten or were missed. */
  recent(symbol: Symbol, sinceMs: number): readonly PriceTick[] | null;
  /** Returns the remembered prices of after a time. */
  newest(symbol: Symbol, afterMs: number): readonly PriceTick[];
  /** Stores the bars that have changed since the last flush. */
  flush(): Promise<void>;
}

/** Prices of an instrument since the first one after a break. */
interface Memory {
  ticks: PriceTick[];
  /** Time since which no price is missing. */
  since: number;
  /** The bar that grows; null after a cut. */
  bar: PriceBar | null;
}

export function createBarRecorder(db: Database, venue: VenueName): BarRecorder {
  const memories = new Map<Symbol, Memory>();
  let changed = new Map<string, PriceBar>();
  let neededFrom = 0;
  const note = (bar: PriceBar) => changed.set(`${bar.symbol}/${bar.openedAt}`, bar);

  return {
    add(tick) {
      const memory = memories.get(tick.symbol) ?? { ticks: [], since: tick.t, bar: null };
      memories.set(tick.symbol, memory);
      remember(memory, tick, Math.min(neededFrom, tick.t) - RECENT_MS);
      memory.bar = memory.bar && isWithin(memory.bar, tick) ? widened(memory.bar, tick) : asBar(tick);
      note(memory.bar);
    },
    addBars(bars) {
      for (const bar of bars) note(bar);
    },
    cut(symbol) {
      const memory = memories.get(symbol);
      if (memory) memory.bar = null;
    },
    breakOff(symbol) {
      if (symbol === undefined) memories.clear();
      else memories.delete(symbol);
    },
    rememberFrom(sinceMs) {
      neededFrom = Math.max(neededFrom, sinceMs);
    },
    recent(symbol, sinceMs) {
      const memory = memories.get(symbol);
      if (!memory || memory.since > sinceMs) return null;
      return memory.ticks.slice(memory.ticks.findLastIndex(({ t }) => t < sinceMs) + 1);
    },
    newest: (symbol, afterMs) => (memories.get(symbol)?.ticks ?? []).filter(({ t }) => t > afterMs),
    async flush() {
      const bars = [...changed.values()];
      changed = new Map();
      try {
        await saveBars(db, venue, BAR_MS, bars);
      } catch (error) {
        // A bar that could not be stored is kept for the next flush.
        for (const bar of bars) if (!changed.has(`${bar.symbol}/${bar.openedAt}`)) note(bar);
        throw error;
      }
    },
  };
}

/** Forgets prices in bulk, when there are twice as many as needed. */
function remember(memory: Memory, tick: PriceTick, neededFrom: number): void {
  const { ticks } = memory;
  ticks.push(tick);
  const first = ticks[0];
  if (!first || (first.t >= neededFrom - RECENT_MS && ticks.length < 2 * MOST_RECENT)) return;
  const old = Math.max(
    ticks.length - MOST_RECENT,
    ticks.findIndex(({ t }) => t >= neededFrom),
  );
  if (old <= 0) return;
  // Nothing is missing from right after the last forgotten price: a quiet instrument has no price until the next.
  memory.since = (ticks[old - 1]?.t ?? tick.t) + 1;
  memory.ticks = ticks.slice(old);
}

/**
 * Returns whether a price belongs to a bar. All watchers end bars at equal moments, and begin them with a first price.
 */
const isWithin = (bar: PriceBar, { t }: PriceTick): boolean =>
  Math.floor(bar.openedAt / BAR_MS) === Math.floor(t / BAR_MS);

/** Returns a single price as a bar. */
export const asBar = ({ symbol, price, t }: PriceTick): PriceBar => ({
  symbol,
  openedAt: t,
  open: price,
  high: price,
  low: price,
  close: price,
  seenUntil: t,
});

const widened = (bar: PriceBar, { price, t }: PriceTick): PriceBar => ({
  ...bar,
  high: Number(price) > Number(bar.high) ? price : bar.high,
  low: Number(price) < Number(bar.low) ? price : bar.low,
  close: price,
  seenUntil: t,
});
