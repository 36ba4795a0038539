import type { Symbol, VenueName } from '#domain/ids.ts';
import type { MarketActivity } from '#domain/scoring/venue-parts.ts';
import { withTimeout } from '#process/with-timeout.ts';
import type { ScoringDeps, ScoredVenue } from './activities.ts';

export type ActivityByVenue = ReadonlyMap<VenueName, ReadonlyMap<Symbol, MarketActivity>>;

const TIMEOUT_MS = 20_000;

/** Asks each venue for funding, open interest and volume of all markets; one that does not answer is left out. */
export async function readActivities({
  venues,
  logger,
}: Pick<ScoringDeps, 'venues' | 'logger'>): Promise<ActivityByVenue> {
  const read = await Promise.all(venues.map((venue) => readActivity(venue, logger)));
  return new Map(read.filter((each) => each !== null));
}

async function readActivity(
  { name, market }: ScoredVenue,
  logger: ScoringDeps['logger'],
): Promise<[VenueName, ReadonlyMap<Symbol, MarketActivity>] | null> {
  try {
    return [name, await withTimeout(market.activity(), TIMEOUT_MS)];
  } catch (err) {
    logger.warn({ venue: name, err }, 'no funding, open interest and volume for scores');
    return null;
  }
}
