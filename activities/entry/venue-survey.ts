import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refuseCandidate, type RoutingRules, type VenueCandidate } from '#domain/routing.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import type { DecidingDeployment, DecisionFacts } from '#prisma/repositories/begin-decision.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { VenueHealth } from '#prisma/repositories/venue-status.ts';
import type { TradingDeps } from '../deps.ts';
import {
  ANSWER_TIMEOUT_MS,
  createVenueQuestions,
  expectTrade,
  type AskedAhead,
  type VenueQuestions,
} from './venue-questions.ts';

/**
 * What a decision may need to know. The books have been read; a venue is asked when its turn comes, so that one that
 * is slow, or not needed, keeps no order waiting.
 */
export interface Survey extends Pick<VenueQuestions, 'market' | 'cost' | 'accountAt'> {
  requested: RequestedVenue;
  /** The deployment's own limit for one trade. */
  maxNotionalUsd: DecimalString;
  rules: RoutingRules;
  /** Other trades of the deployment that hold or are about to hold a position. */
  openPositions: number;
  /** What the books know of a venue; null when it is not configured here. */
  candidate(venue: VenueName): VenueCandidate | null;
  /** It may list the instrument: nobody has read what it lists yet. */
  isUnread(venue: VenueName): boolean;
  /** How long the books took to read. */
  readingMs: number;
}

/** Begins to ask what the books do not say: where a trade is likely, at once the venue that would take it. */
export function surveyVenues(
  deps: TradingDeps,
  facts: DecisionFacts,
  { isLikely, readingMs, asked }: { isLikely: boolean; readingMs: number; asked: AskedAhead | null },
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
    asked,
  );
  const likely = rules.mode === 'best' ? fit : fit.slice(0, 1);
  if (isLikely) for (const venue of likely) questions.askAhead(venue);
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

/** What the books know of each venue. */
const candidatesOf =
  (deps: TradingDeps, { instruments, deployment }: DecisionFacts): Survey['candidate'] =>
  (venue) => {
    if (!deps.venues.has(venue)) return null;
    const instrument = instruments.find((each) => each.venue === venue) ?? null;
    return { venue, instrument, tradingKey: keyStanding(deployment, venue, deps.now()) };
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
