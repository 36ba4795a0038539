import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { Database } from '#prisma/client.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';

/** The rules of instruments, at hand when an order has no time to ask for them. */
export interface ListedInstruments {
  /** Null when they have not been read yet, or the venue does not list the symbol; asked for, they are read soon. */
  get(symbol: Symbol): Instrument | null;
}

/** Venues change ticks and lots rarely, and the books are refreshed each hour. */
const MAX_AGE_MS = 600_000;

export function createListedInstruments(db: Database, venue: VenueName): ListedInstruments {
  const known = new Map<Symbol, { readAt: number; instrument: Instrument | null }>();

  async function read(symbol: Symbol): Promise<void> {
    const listed = await listInstruments(db, symbol).catch(() => null);
    const instrument = listed?.find((each) => each.venue === venue) ?? null;
    if (listed === null) known.delete(symbol);
    else known.set(symbol, { readAt: performance.now(), instrument });
  }

  return {
    get(symbol) {
      const entry = known.get(symbol);
      const instrument = entry?.instrument ?? null;
      if (entry && performance.now() - entry.readAt < MAX_AGE_MS) return instrument;
      // Not read a second time while that is under way.
      known.set(symbol, { readAt: performance.now(), instrument });
      void read(symbol);
      return instrument;
    },
  };
}
