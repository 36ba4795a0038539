import { ApplicationFailure } from '@temporalio/common';
import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { SocialScoresError, type SocialScores } from '#scores/social-scores.ts';
import type { Venue } from '#venues/venue.ts';
import type { ScoringActivities } from '../contract.ts';
import { planScores } from './plan-scores.ts';
import { readSocialFacts } from './read-social-facts.ts';
import { scoreAndStore } from './score-and-store.ts';

/** The side of a venue that scores are computed from. */
export type ScoredVenue = Pick<Venue, 'name'> & {
  market: Pick<Venue['market'], 'candles' | 'activity'>;
};

export interface ScoringDeps {
  db: Database;
  /** The first one that lists a market and has its candles is taken. */
  venues: readonly ScoredVenue[];
  /** Prices of now, by which the coins of the social service are found. */
  prices: () => Promise<ReadonlyMap<Symbol, DecimalString>>;
  /** Null where none is configured. */
  social: SocialScores | null;
  logger: Logger;
  now: () => number;
}

/** Returns the activities that compute market scores. */
export const createScoringActivities = (deps: ScoringDeps): ScoringActivities => ({
  planScores: () => planScores(deps),
  readSocialFacts: ({ symbols }) => readSocialFacts(deps, symbols).catch(throwWithVerdict),
  storeScores: (input) => scoreAndStore(deps, input),
});

/** A service that wants to be left alone for longer is not asked again in this run. */
const LONGEST_WAIT_MS = 60_000;

/** Tells Temporal whether, and when, the service is asked again. */
function throwWithVerdict(error: unknown): never {
  if (!(error instanceof SocialScoresError)) throw error;
  const { message, code, verdict, retryAfterMs } = error;
  const isOver = verdict === 'fatal' || (retryAfterMs !== null && retryAfterMs > LONGEST_WAIT_MS);
  throw ApplicationFailure.create({
    message,
    type: code,
    nonRetryable: isOver,
    ...(retryAfterMs !== null && { nextRetryDelay: retryAfterMs }),
  });
}
