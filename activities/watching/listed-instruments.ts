import type { Symbol, VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { Database } from '#prisma/client.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';

/** Rules of instruments, kept in memory because an order has no time to read them. */
export interface ListedInstruments {
  /**
   * Returns null when the rules are not read yet, or the venue does not list the symbol; each call has missing ones
   * read.
   */
  get(symbol: Symbol): Instrument | null;
}

/** How long rules are used before they are read again: venues change them rarely. */
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
      // Marks the rules as read, so that no second reading begins.
      known.set(symbol, { readAt: performance.now(), instrument });
      void read(symbol);
      return instrument;
    },
  };
}
