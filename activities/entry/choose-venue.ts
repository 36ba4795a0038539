import type { VenueName } from '#domain/ids.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import {
  cheapestFirst,
  isPassedOn,
  refuseCandidate,
  refuseCostlier,
  refuseEverywhere,
  refuseMarket,
  type RoutingOutcome,
  type VenueCost,
  type VenueRefusal,
} from '#domain/routing.ts';
import type { Target } from '#domain/size-entry.ts';
import { TimeoutError } from '#process/with-timeout.ts';
import { VenueError } from '#venues/venue.ts';
import { messageOf } from './venue-questions.ts';
import type { Survey } from './venue-survey.ts';

/** Is told of what a venue was looked at for, with why it cannot take the trade, or null. */
type NoteVenue = (name: 'market' | 'account', venue: VenueName, refusal: Refusal | null) => void;

/** The decision at the venue that takes the trade, or why no venue takes it. */
export interface ChosenVenue<Decision> {
  routing: RoutingOutcome;
  decided: Decision | Refusal;
}

/**
 * Goes from venue to venue until `decideAt` accepts one, and sends nothing. A venue that cannot be read counts as one
 * that refuses; when no other venue takes the trade either, its error is thrown, because a retry may help.
 */
export async function chooseVenue<Decision extends object>(
  survey: Survey,
  decideAt: (target: Target) => Promise<Decision | Refusal>,
  noteVenue: NoteVenue = () => undefined,
): Promise<ChosenVenue<Decision>> {
  const startedAt = performance.now();
  const { mode } = survey.rules;
  const venues = survey.rules.venues.filter(
    (venue) => survey.candidate(venue) !== null || survey.requested === venue,
  );
  const costs = mode === 'best' ? await compareCosts(survey, venues) : [];
  const refusals: VenueRefusal[] = [];
  const outcome = (venue: VenueName | null, others: readonly VenueRefusal[] = []): RoutingOutcome => ({
    venue,
    mode,
    refusals: [...refusals, ...others],
    costs,
    durationMs: survey.readingMs + performance.now() - startedAt,
  });
  let failure: unknown = null;
  for (const venue of mode === 'best' ? cheapestFirst(costs) : venues) {
    const attempt = await attemptAt(survey, venue, decideAt, noteVenue);
    failure ??= attempt.failure;
    const { decided } = attempt;
    if (!isRefusal(decided)) return { routing: outcome(venue, costlier(venue, costs, refusals)), decided };
    refusals.push({ venue, ...decided });
    if (!isPassedOn(decided)) return { routing: outcome(null), decided };
  }
  if (failure !== null) throw failure;
  return { routing: outcome(null), decided: refuseEverywhere(refusals) };
}

/** Returns the cost of the trade at each venue; null for one that cannot take it by our records, or does not say. */
const compareCosts = (survey: Survey, venues: readonly VenueName[]): Promise<VenueCost[]> =>
  Promise.all(
    venues.map(async (venue) => {
      const candidate = survey.candidate(venue);
      const isFit = candidate !== null && refuseCandidate(survey.requested, candidate) === null;
      return { venue, cost: isFit ? await survey.cost(venue) : null };
    }),
  );

const costlier = (
  chosen: VenueName,
  costs: readonly VenueCost[],
  refused: readonly VenueRefusal[],
): VenueRefusal[] =>
  refuseCostlier(chosen, costs).filter(({ venue }) => !refused.some((each) => each.venue === venue));

interface Attempt<Decision> {
  decided: Decision | Refusal;
  /** Set when the venue could not be read. */
  failure: unknown;
}

async function attemptAt<Decision extends object>(
  survey: Survey,
  venue: VenueName,
  decideAt: (target: Target) => Promise<Decision | Refusal>,
  noteVenue: NoteVenue,
): Promise<Attempt<Decision>> {
  if (survey.isUnread(venue)) {
    const unread = new VenueError(
      'instruments_unread',
      `${venue}'s instruments have not been read yet`,
      'retry',
    );
    const decided = refusal('venue_unreachable');
    noteVenue('market', venue, decided);
    return { decided, failure: unread };
  }
  const target = await findTarget(survey, venue);
  noteVenue('market', venue, isRefusal(target) ? target : null);
  if (isRefusal(target)) return { decided: target, failure: null };
  try {
    return { decided: await decideAt(target), failure: null };
  } catch (error) {
    if (!(error instanceof VenueError || error instanceof TimeoutError)) throw error;
    const decided = refusal('venue_unhealthy', `${messageOf(error)}.`);
    noteVenue('account', venue, decided);
    return { decided, failure: error };
  }
}

async function findTarget(survey: Survey, venue: VenueName): Promise<Target | Refusal> {
  const candidate = survey.candidate(venue);
  if (candidate === null) return refusal('venue_unhealthy', 'It is not set up here.');
  const refused = refuseCandidate(survey.requested, candidate);
  if (refused) return refused;
  const { instrument } = candidate;
  if (instrument === null) return refusal('unknown_instrument');
  const market = await survey.market(venue);
  const closed = refuseMarket(instrument, market, survey.maxNotionalUsd);
  if (closed) return closed;
  if (!market.answered || market.price === null) return refusal('no_price');
  return { venue, instrument, price: market.price };
}

const isRefusal = (value: object): value is Refusal => 'code' in value;
