import { DEFAULT_TIME_LIMIT_MS } from '#domain/barriers.ts';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { MarketAnswer, RoutingRules, VenueCandidate } from '#domain/routing.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import { tradingCost, type ExpectedTrade, type TradingCost } from '#domain/trading-cost.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';
import { readRules } from '#prisma/repositories/routing.ts';
import { text } from '#prisma/repositories/rows.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import { listVenueStatuses } from '#prisma/repositories/venue-status.ts';
import type { AccountState } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from './deps.ts';
import { withTimeout } from './with-timeout.ts';

/**
 * What a decision may need to know. The books are read at once; a venue is asked when its turn comes, so that one
 * that is slow, or not needed, keeps no order waiting.
 */
export interface Survey {
  requested: RequestedVenue;
  expected: ExpectedTrade;
  /** The deployment's own limit for one trade. */
  maxNotionalUsd: DecimalString;
  rules: RoutingRules;
  /** Other trades of the deployment that hold or are about to hold a position. */
  openPositions: number;
  /** What the books know of a venue; null when it is not configured here. */
  candidate(venue: VenueName): VenueCandidate | null;
  /** The market of the symbol there, now. */
  market(venue: VenueName): Promise<MarketAnswer>;
  /** What the trade would cost there; null when the venue cannot say. */
  cost(venue: VenueName): Promise<TradingCost | null>;
  /** The account as the venue sees it; throws what the venue answered instead. */
  accountAt(venue: VenueName): Promise<AccountState>;
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

/** A venue that takes longer is left to others; so is, sooner, one that did not answer the last check either. */
const ANSWER_TIMEOUT_MS = 2_000;
const DOWN_ANSWER_TIMEOUT_MS = 300;
/** An account is worth waiting longer for: by then the venue has shown that it answers. */
const ACCOUNT_TIMEOUT_MS = 5_000;

/** Reads the books. With `askAhead`, a venue that is likely to be chosen is asked meanwhile. */
export async function surveyVenues(
  deps: TradingDeps,
  signal: SignalRow,
  deployment: SurveyedDeployment,
  { askAhead }: { askAhead: boolean },
): Promise<Survey> {
  const startedAt = performance.now();
  const venues = createQuestions(deps, signal, deployment);
  const only = askAhead ? onlyVenue(deps, signal, deployment) : null;
  if (only) venues.askAhead(only);
  const [rules, instruments, statuses, openPositions] = await Promise.all([
    readRules(deps.db, deployment.agent),
    listInstruments(deps.db, signal.symbol),
    listVenueStatuses(deps.db),
    countLive(deps, signal, deployment),
  ]);
  venues.expectDown(statuses.filter(({ health }) => health === 'down').map(({ venue }) => venue));
  return {
    requested: signal.requestedVenue,
    expected: venues.expected,
    maxNotionalUsd: text(deployment.maxNotionalUsd),
    rules,
    openPositions,
    candidate: (venue) =>
      deps.venues.has(venue)
        ? {
            venue,
            instrument: instruments.find((each) => each.venue === venue) ?? null,
            tradingKey: keyStanding(deployment, venue, deps.now()),
          }
        : null,
    market: venues.market,
    cost: venues.cost,
    accountAt: venues.accountAt,
    elapsedMs: () => performance.now() - startedAt,
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

/** Asks venues, each for each thing at most once. */
function createQuestions(deps: TradingDeps, signal: SignalRow, deployment: SurveyedDeployment) {
  const accountId = asId<AccountId>(deployment.walletAddress);
  const markets = new Map<VenueName, Promise<MarketAnswer>>();
  const accounts = new Map<VenueName, Promise<AccountState>>();
  let down: readonly VenueName[] = [];
  const expected: ExpectedTrade = {
    side: signal.side,
    notionalUsd: expectedNotional(signal, text(deployment.maxNotionalUsd)),
    holdMs: signal.barriers.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS,
  };
  const questions = {
    expected,
    expectDown: (venues: readonly VenueName[]) => void (down = venues),
    market: (venue: VenueName) =>
      once(markets, venue, () => {
        const timeoutMs = down.includes(venue) ? DOWN_ANSWER_TIMEOUT_MS : ANSWER_TIMEOUT_MS;
        return askMarket(deps, venue, signal.symbol, timeoutMs);
      }),
    cost: (venue: VenueName) => askCost(deps, venue, signal.symbol, expected),
    accountAt: (venue: VenueName) =>
      once(accounts, venue, () =>
        withTimeout(venueOf(deps, venue).accounts.account(accountId), ACCOUNT_TIMEOUT_MS),
      ),
    askAhead(venue: VenueName) {
      void questions.market(venue);
      // Whether the answer is needed is decided later; until then a failed one is nobody's failure.
      questions.accountAt(venue).catch(() => undefined);
    },
  };
  return questions;
}

function once<Key, Value>(asked: Map<Key, Promise<Value>>, key: Key, ask: () => Promise<Value>) {
  const answer = asked.get(key) ?? ask();
  asked.set(key, answer);
  return answer;
}

/** The most the trade can come to: its size is known only once the account is. */
function expectedNotional({ sizeModel }: SignalRow, maxNotionalUsd: DecimalString): DecimalString {
  const wanted = sizeModel.mode === 'fixedNotional' ? sizeModel.notionalUsd : maxNotionalUsd;
  return Number(wanted) < Number(maxNotionalUsd) ? wanted : maxNotionalUsd;
}

/** A venue that gives a price now is healthy, whatever the last scheduled check found. */
async function askMarket(
  deps: TradingDeps,
  venue: VenueName,
  symbol: string,
  timeoutMs: number,
): Promise<MarketAnswer> {
  try {
    const ticks = await withTimeout(venueOf(deps, venue).market.prices(), timeoutMs);
    const tick = ticks.find((each) => each.symbol === symbol);
    if (!tick) return { answered: true, isOpen: true, price: null, priceAgeMs: 0 };
    const { price, t, open } = tick;
    return { answered: true, isOpen: open !== false, price, priceAgeMs: deps.now() - t };
  } catch (error) {
    deps.logger.warn({ venue, err: error }, 'no prices for routing');
    return { answered: false, why: `It was asked for prices: ${messageOf(error)}.` };
  }
}

async function askCost(
  deps: TradingDeps,
  venue: VenueName,
  symbol: string,
  expected: ExpectedTrade,
): Promise<TradingCost | null> {
  try {
    const quote = await withTimeout(venueOf(deps, venue).market.quote(symbol), ANSWER_TIMEOUT_MS);
    return quote && tradingCost(quote, expected);
  } catch (error) {
    deps.logger.warn({ venue, err: error }, 'no quote for routing');
    return null;
  }
}

/** One line without its full stop. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? 'no answer';

const countLive = (deps: TradingDeps, signal: SignalRow, { id }: SurveyedDeployment): Promise<number> =>
  deps.db.trade.count({
    where: {
      deploymentId: id,
      signalId: { not: signal.id },
      phase: { in: ['opening', 'open', 'closing', 'settling'] },
    },
  });
