import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { storeInstruments } from '#prisma/repositories/instruments.ts';
import { storeVenueStatus, type VenueStatusRow } from '#prisma/repositories/venue-status.ts';
import type { MarketDataClient, Venue } from '#venues/venue.ts';
import type { VenueActivities } from '../contract.ts';
import { withTimeout } from '#process/with-timeout.ts';

/** The side of a venue that maintenance asks. */
export type MaintainedVenue = Pick<Venue, 'name'> & {
  market: Pick<MarketDataClient, 'instruments' | 'ping' | 'prices'>;
};

export interface VenueDeps {
  db: Database;
  venues: readonly MaintainedVenue[];
  logger: Logger;
  now: () => number;
}

/** A venue that takes longer than this to answer is reachable, but not well. */
const SLOW_MS = 2_000;
/** A venue that has not answered by then is down. */
const PING_TIMEOUT_MS = 10_000;

export function createVenueActivities(deps: VenueDeps): VenueActivities {
  return {
    async checkVenues() {
      return Promise.all(deps.venues.map((venue) => checkVenue(deps, venue)));
    },
    /** Venues that answer are stored whatever the others do; throws when one did not, to be tried again. */
    async refreshInstruments() {
      const results = await Promise.allSettled(deps.venues.map((venue) => refreshVenue(deps, venue)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
      return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    },
  };
}

async function checkVenue({ db, now }: VenueDeps, venue: MaintainedVenue) {
  const status = await examine(venue);
  await storeVenueStatus(db, { venue: venue.name, ...status, checkedAt: now() });
  return { venue: venue.name, health: status.health };
}

/** A venue that answers but gives no prices cannot be traded at, and will be asked for them all the same. */
async function examine(venue: MaintainedVenue): Promise<Omit<VenueStatusRow, 'venue' | 'checkedAt'>> {
  const none = { latencyMs: null, openMarkets: null, pricedAt: null };
  try {
    const latencyMs = await withTimeout(venue.market.ping(), PING_TIMEOUT_MS);
    const health = latencyMs > SLOW_MS ? 'degraded' : 'up';
    return {
      health,
      detail: `answered in ${Math.round(latencyMs)} ms`,
      latencyMs,
      ...(await readMarkets(venue)),
    };
  } catch (error) {
    return { ...none, health: 'down', detail: messageOf(error) };
  }
}

async function readMarkets(
  venue: MaintainedVenue,
): Promise<Pick<VenueStatusRow, 'openMarkets' | 'pricedAt'> & Partial<VenueStatusRow>> {
  try {
    const ticks = await withTimeout(venue.market.prices(), PING_TIMEOUT_MS);
    const pricedAt = ticks.reduce<number | null>((newest, { t }) => Math.max(newest ?? t, t), null);
    return { openMarkets: ticks.filter(({ open }) => open !== false).length, pricedAt };
  } catch (error) {
    const detail = `answers, but gives no prices: ${messageOf(error)}`;
    return { openMarkets: null, pricedAt: null, health: 'degraded', detail };
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function refreshVenue({ db, logger, now }: VenueDeps, venue: MaintainedVenue) {
  const instruments = await venue.market.instruments();
  if (instruments.length === 0) {
    throw ApplicationFailure.retryable(`${venue.name} lists no instruments.`, 'no_instruments');
  }
  await storeInstruments(db, venue.name, instruments, now());
  logger.debug({ venue: venue.name, instruments: instruments.length }, 'instruments stored');
  return { venue: venue.name, instruments: instruments.length };
}
