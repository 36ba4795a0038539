import type { Logger } from 'pino';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import type { TradeRecord } from '#prisma/repositories/trades.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import type { Venue } from '#venues/venue.ts';

/** Marks the steps of a trade at which a process may die. Tests make it die there, or hold the trade until it dies. */
export type Failpoint = (step: string) => void | Promise<never>;

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

/** Returns the venue by name; throws when this process was started without it. */
export function venueOf(deps: Pick<TradingDeps, 'venues'>, name: VenueName): Venue {
  const venue = deps.venues.get(name);
  if (!venue) throw new Error(`venue ${name} is not configured here`);
  return venue;
}

/** Names the workflow of a trade. */
type TradeKey = Pick<TradeRecord, 'signalId' | 'deploymentId'>;

/** Tells a trade's workflow what happened; does nothing when the workflow has ended. */
export interface TradeMessenger {
  exitStarted(trade: TradeKey, reason: string): Promise<void>;
  fillsBooked(trade: TradeKey): Promise<void>;
}

/** Starts the workflows of trades. */
export interface TradeLifecycles {
  /** Starts the workflow of a live trade unless it runs; returns whether it had to be started. */
  ensure(trade: TradeKey & Pick<TradeRecord, 'symbol' | 'side'>): Promise<boolean>;
}
