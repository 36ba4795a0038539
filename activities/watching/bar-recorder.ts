import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { saveBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { PriceTick } from '#venues/venue.ts';

/** Short enough that a bar hides little, long enough to be few. */
export const BAR_MS = 5_000;
/** How long single prices are remembered at least: longer than from arming a trade to its watch. */
const RECENT_MS = 10_000;
const MOST_RECENT = 2_000;

/** Gathers prices into bars and writes them down in batches: the point from which a successor goes on. */
export interface BarRecorder {
  add(tick: PriceTick): void;
  /** Bars of a time when nobody looked, made up from what the venue says of it. */
  addBars(bars: readonly PriceBar[]): void;
  /** Ends the bar of an instrument, so that what comes from now on can be told from what came before. */
  cut(symbol: Symbol): void;
  /** Prices are missed from now on: nothing is said of the time until the next one comes. */
  breakOff(symbol?: Symbol): void;
  /** Nobody will ask for single prices of well before this time; until it is said they are remembered, up to a number. */
  rememberFrom(sinceMs: number): void;
  /** Every price since a time; null when some are forgotten or were missed. */
  recent(symbol: Symbol, sinceMs: number): readonly PriceTick[] | null;
  /** The prices that are remembered from after a time. */
  newest(symbol: Symbol, afterMs: number): readonly PriceTick[];
  /** Writes what has changed since the last flush. */
  flush(): Promise<void>;
}

/** What is remembered of an instrument since the first price after a break. */
interface Memory {
  ticks: PriceTick[];
  /** From here on no price is missing. */
  since: number;
  /** The bar that is being built; none after a cut. */
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
        // Kept for the next flush: bars may only be lost with the process.
        for (const bar of bars) if (!changed.has(`${bar.symbol}/${bar.openedAt}`)) note(bar);
        throw error;
      }
    },
  };
}

/** Forgets in bulk, once as much again has come as is to be kept. */
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
  // Right after the last that is forgotten: a quiet instrument has no price to miss between that and the next.
  memory.since = (ticks[old - 1]?.t ?? tick.t) + 1;
  memory.ticks = ticks.slice(old);
}

/** Bars end on the same moments whoever builds them, but begin with their first price. */
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
