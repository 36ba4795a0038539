import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { saveBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { PriceTick } from '#venues/venue.ts';

/** Short enough that the bar in which a trade was armed hides little, long enough to be few. */
export const BAR_MS = 5_000;

/** Gathers ticks into bars and writes them down in batches: the point from which a successor goes on. */
export interface BarRecorder {
  add(tick: PriceTick): void;
  /** Writes what has changed since the last flush. */
  flush(): Promise<void>;
}

export function createBarRecorder(db: Database, venue: VenueName): BarRecorder {
  const current = new Map<Symbol, PriceBar>();
  let changed = new Map<string, PriceBar>();
  return {
    add(tick) {
      const openedAt = Math.floor(tick.t / BAR_MS) * BAR_MS;
      const last = current.get(tick.symbol);
      const bar = last?.openedAt === openedAt ? widen(last, tick) : open(tick, openedAt);
      current.set(tick.symbol, bar);
      changed.set(`${tick.symbol}/${openedAt}`, bar);
    },
    async flush() {
      const bars = [...changed.values()];
      changed = new Map();
      try {
        await saveBars(db, venue, BAR_MS, bars);
      } catch (error) {
        // Kept for the next flush: bars may only be lost with the process.
        for (const bar of bars) {
          const key = `${bar.symbol}/${bar.openedAt}`;
          if (!changed.has(key)) changed.set(key, bar);
        }
        throw error;
      }
    },
  };
}

const open = ({ symbol, price, t }: PriceTick, openedAt: number): PriceBar => ({
  symbol,
  openedAt,
  open: price,
  high: price,
  low: price,
  close: price,
  seenUntil: t,
});

const widen = (bar: PriceBar, { price, t }: PriceTick): PriceBar => ({
  ...bar,
  high: Number(price) > Number(bar.high) ? price : bar.high,
  low: Number(price) < Number(bar.low) ? price : bar.low,
  close: price,
  seenUntil: t,
});
