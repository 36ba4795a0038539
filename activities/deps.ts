import type { Logger } from 'pino';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import type { Venue } from '#venues/venue.ts';

/**
 * Called at each step of a trade at which a process may die. Tests let it die there, or hold the trade until it does.
 */
export type Failpoint = (step: string) => void | Promise<never>;

/** Dependencies of trading activities, constructed once per process by its entry point. */
export interface TradingDeps {
  db: Database;
  venues: ReadonlyMap<VenueName, Venue>;
  /** Newest first; older keys open what they have sealed. */
  masterKeys: readonly MasterKey[];
  logger: Logger;
  failpoint: Failpoint;
  now: () => number;
}

/** Returns the venue of a name; throws when this process was started without it. */
export function venueOf(deps: Pick<TradingDeps, 'venues'>, name: VenueName): Venue {
  const venue = deps.venues.get(name);
  if (!venue) throw new Error(`venue ${name} is not configured here`);
  return venue;
}

/** Names the workflow of a trade. */
type TradeKey = Pick<TradeRecord, 'signalId' | 'deploymentId'>;

/** Signals a trade's workflow what happened; does nothing when the workflow has ended. */
export interface TradeMessenger {
  exitStarted(trade: TradeKey, reason: string): Promise<void>;
  fillsBooked(trade: TradeKey): Promise<void>;
}

/** Starts the workflows of trades. */
export interface TradeLifecycles {
  /** Starts the workflow of a live trade unless it runs; returns whether it had to be started. */
  ensure(trade: TradeKey & Pick<TradeRecord, 'symbol' | 'side'>): Promise<boolean>;
}
