import type { Logger } from 'pino';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import type { Venue } from '#venues/venue.ts';

/** Marks the steps of a trade at which a process may die; tests make it die there. */
export type Failpoint = (step: string) => void;

/** What trading activities work with. Constructed once per process, by its entry point. */
export interface TradingDeps {
  db: Database;
  venues: ReadonlyMap<VenueName, Venue>;
  /** The newest first; older ones still open what they sealed. */
  masterKeys: readonly MasterKey[];
  logger: Logger;
  failpoint: Failpoint;
  now: () => number;
}

/** The venue by name; throws when this process was started without it. */
export function venueOf(deps: Pick<TradingDeps, 'venues'>, name: VenueName): Venue {
  const venue = deps.venues.get(name);
  if (!venue) throw new Error(`venue ${name} is not configured here`);
  return venue;
}
