import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refuseCandidate, type RoutingRules, type VenueCandidate } from '#domain/routing.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import type { VenueHealth } from '#domain/statuses.ts';
import type { DecidingDeployment, DecisionFacts } from '#prisma/repositories/begin-decision.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { TradingDeps } from '../deps.ts';
import type { Prefetched } from './prefetch.ts';
import {
  ANSWER_TIMEOUT_MS,
  createVenueQuestions,
  expectTrade,
  type VenueQuestions,
} from './venue-questions.ts';

/**
 * Facts for choosing a venue: the records have been read, and a venue is asked when its turn comes, so that a venue
 * that is slow or not needed delays no order.
 */
export interface Survey extends Pick<VenueQuestions, 'market' | 'cost' | 'accountAt'> {
  requested: RequestedVenue;
  /** The deployment's own limit for one trade. */
  maxNotionalUsd: DecimalString;
  rules: RoutingRules;
  /** Other trades of the deployment that hold or are about to hold a position. */
  openPositions: number;
  /** Returns instrument and trading key of a venue, by our records; null when the venue is not configured here. */
  candidate(venue: VenueName): VenueCandidate | null;
  /** Returns true for a venue whose instruments have never been read, so that it may list the instrument. */
  isUnread(venue: VenueName): boolean;
  /** Time that reading the records took. */
  readingMs: number;
}

/** Prepares the questions to the venues; where a trade is likely, asks the venues that would take it at once. */
export function surveyVenues(
  deps: TradingDeps,
  facts: DecisionFacts,
  {
    isLikely,
    readingMs,
    prefetched,
  }: { isLikely: boolean; readingMs: number; prefetched: Prefetched | null },
): Survey {
  const { signal, deployment, rules, openPositions } = facts;
  const { maxNotionalUsd } = deployment;
  const candidate = candidatesOf(deps, facts);
  const fit = rules.venues.filter((venue) => isFit(signal, candidate(venue)));
  const questions = createVenueQuestions(
    deps,
    {
      symbol: signal.symbol,
      accountId: deployment.walletAddress,
      expected: expectTrade(signal, maxNotionalUsd),
      timeoutOf: (venue) => patience(fit, facts.venueHealth[venue]),
    },
    prefetched,
  );
  const likely = rules.mode === 'best' ? fit : fit.slice(0, 1);
  if (isLikely) for (const venue of likely) questions.startAsking(venue);
  return {
    ...questions,
    requested: signal.requestedVenue,
    maxNotionalUsd,
    rules,
    openPositions,
    candidate,
    isUnread: (venue) => !facts.readVenues.includes(venue) && candidate(venue)?.tradingKey === 'approved',
    readingMs,
  };
}

const isFit = ({ requestedVenue }: SignalRow, candidate: VenueCandidate | null): boolean =>
  candidate !== null && refuseCandidate(requestedVenue, candidate) === null;

function patience(fit: readonly VenueName[], health: VenueHealth | undefined): number {
  if (fit.length < 2) return ANSWER_TIMEOUT_MS.alone;
  return health === 'down' ? ANSWER_TIMEOUT_MS.down : ANSWER_TIMEOUT_MS.usual;
}

/** Returns what looks up instrument and trading key of a venue among the records. */
const candidatesOf =
  (deps: TradingDeps, { instruments, readVenues, deployment }: DecisionFacts): Survey['candidate'] =>
  (venue) => {
    if (!deps.venues.has(venue)) return null;
    const instrument = instruments.find((each) => each.venue === venue) ?? null;
    const isRead = readVenues.includes(venue);
    return { venue, instrument, isRead, tradingKey: keyStanding(deployment, venue, deps.now()) };
  };

function keyStanding(
  { tradingKeys }: DecidingDeployment,
  venue: VenueName,
  now: number,
): VenueCandidate['tradingKey'] {
  const key = tradingKeys.find((each) => each.venue === venue);
  if (!key) return 'none';
  const isValid = key.validUntil === null || key.validUntil > now;
  return key.status === 'approved' && isValid ? 'approved' : 'unapproved';
}
