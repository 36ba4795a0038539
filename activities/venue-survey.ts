import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refuseCandidate, type RoutingRules, type VenueCandidate } from '#domain/routing.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';
import { readRules } from '#prisma/repositories/routing.ts';
import { text } from '#prisma/repositories/rows.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import { listVenueStatuses, type VenueStatusRow } from '#prisma/repositories/venue-status.ts';
import type { TradingDeps } from './deps.ts';
import {
  ANSWER_TIMEOUT_MS,
  createVenueQuestions,
  expectTrade,
  type VenueQuestions,
} from './venue-questions.ts';

/**
 * What a decision may need to know. The books are read at once; a venue is asked when its turn comes, so that one
 * that is slow, or not needed, keeps no order waiting.
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
  /** Time since the survey began. */
  elapsedMs(): number;
}

/** What of a deployment decides whom to ask. */
interface SurveyedDeployment {
  id: string;
  walletAddress: string;
  maxNotionalUsd: Parameters<typeof text>[0];
  agent: Parameters<typeof readRules>[1];
  tradingKeys: readonly { venue: VenueName; status: string; validUntil: Date | null }[];
}

/** Reads the books. With `askAhead`, the venue that is likely to be chosen is asked as soon as it is known. */
export async function surveyVenues(
  deps: TradingDeps,
  signal: SignalRow,
  deployment: SurveyedDeployment,
  { askAhead }: { askAhead: boolean },
): Promise<Survey> {
  const startedAt = performance.now();
  const maxNotionalUsd = text(deployment.maxNotionalUsd);
  const questions = createVenueQuestions(deps, {
    symbol: signal.symbol,
    accountId: asId<AccountId>(deployment.walletAddress),
    expected: expectTrade(signal, maxNotionalUsd),
  });
  const only = askAhead ? onlyVenue(deps, signal, deployment) : null;
  if (only) questions.askAhead(only);
  const [rules, candidate, statuses, openPositions] = await Promise.all([
    readRules(deps.db, deployment.agent),
    readCandidates(deps, signal, deployment),
    listVenueStatuses(deps.db),
    countLive(deps, signal, deployment),
  ]);
  const fit = rules.venues.filter((venue) => isFit(signal, candidate(venue)));
  questions.hurry((venue) =>
    patience(
      fit,
      statuses.find((status) => status.venue === venue),
    ),
  );
  const likely = rules.mode === 'best' ? fit : fit.slice(0, 1);
  if (askAhead) for (const venue of likely) questions.askAhead(venue);
  return {
    ...questions,
    requested: signal.requestedVenue,
    maxNotionalUsd,
    rules,
    openPositions,
    candidate,
    elapsedMs: () => performance.now() - startedAt,
  };
}

/** The one venue the trade can go to, where there is only one: nothing else need be known to ask it. */
function onlyVenue(
  deps: TradingDeps,
  { requestedVenue }: SignalRow,
  deployment: SurveyedDeployment,
): VenueName | null {
  const [only, ...others] = deployment.tradingKeys.filter(
    ({ venue }) =>
      deps.venues.has(venue) &&
      (requestedVenue === 'MULTI' || requestedVenue === venue) &&
      keyStanding(deployment, venue, deps.now()) === 'approved',
  );
  return only && others.length === 0 ? only.venue : null;
}

const isFit = ({ requestedVenue }: SignalRow, candidate: VenueCandidate | null): boolean =>
  candidate !== null && refuseCandidate(requestedVenue, candidate) === null;

function patience(fit: readonly VenueName[], status: VenueStatusRow | undefined): number {
  if (fit.length < 2) return ANSWER_TIMEOUT_MS.alone;
  return status?.health === 'down' ? ANSWER_TIMEOUT_MS.down : ANSWER_TIMEOUT_MS.usual;
}

async function readCandidates(
  deps: TradingDeps,
  { symbol }: SignalRow,
  deployment: SurveyedDeployment,
): Promise<Survey['candidate']> {
  const instruments = await listInstruments(deps.db, symbol);
  return (venue) => {
    if (!deps.venues.has(venue)) return null;
    const instrument = instruments.find((each) => each.venue === venue) ?? null;
    return { venue, instrument, tradingKey: keyStanding(deployment, venue, deps.now()) };
  };
}

function keyStanding(
  { tradingKeys }: SurveyedDeployment,
  venue: VenueName,
  now: number,
): VenueCandidate['tradingKey'] {
  const key = tradingKeys.find((each) => each.venue === venue);
  if (!key) return 'none';
  const isValid = key.validUntil === null || key.validUntil.getTime() > now;
  return key.status === 'approved' && isValid ? 'approved' : 'unapproved';
}

const countLive = (deps: TradingDeps, signal: SignalRow, { id }: SurveyedDeployment): Promise<number> =>
  deps.db.trade.count({
    where: {
      deploymentId: id,
      signalId: { not: signal.id },
      phase: { in: ['opening', 'open', 'closing', 'settling'] },
    },
  });
