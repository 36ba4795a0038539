import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { VenueCandidate } from '#domain/routing.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';
import { venueOrder } from '#prisma/repositories/routing.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { AccountState } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from './deps.ts';

/** Everything a decision may need to know, read at once. */
export interface Survey {
  order: readonly VenueName[];
  candidates: readonly VenueCandidate[];
  /** Other trades of the deployment that hold or are about to hold a position. */
  openPositions: number;
  durationMs: number;
  /** The account as the venue sees it; throws what the venue answered instead. */
  accountAt(venue: VenueName): Promise<AccountState>;
}

/** Asks the books and the venues for all of it side by side. A venue is asked for the account only with `withAccounts`. */
export async function surveyVenues(
  deps: TradingDeps,
  signal: SignalRow,
  deployment: SurveyedDeployment,
  { withAccounts }: { withAccounts: boolean },
): Promise<Survey> {
  const startedAt = performance.now();
  const accountId = asId<AccountId>(deployment.walletAddress);
  const keyed = withAccounts ? deployment.tradingKeys : [];
  const accounts = new Map(
    keyed
      .filter(({ venue }) => deps.venues.has(venue))
      .map(({ venue }) => [venue, venueOf(deps, venue).accounts.account(accountId)]),
  );
  // Whether an answer is needed is decided later; until then a failed one is nobody's failure.
  for (const account of accounts.values()) account.catch(() => undefined);
  const [order, candidates, openPositions] = await Promise.all([
    venueOrder(deps.db, deployment.agent),
    listCandidates(deps, signal.symbol),
    countLive(deps, signal, deployment),
  ]);
  return {
    order,
    candidates,
    openPositions,
    durationMs: performance.now() - startedAt,
    accountAt: (venue) => accounts.get(venue) ?? venueOf(deps, venue).accounts.account(accountId),
  };
}

/** What of a deployment decides whom to ask. */
interface SurveyedDeployment {
  id: string;
  walletAddress: string;
  agent: Parameters<typeof venueOrder>[1];
  tradingKeys: readonly { venue: VenueName }[];
}

/** A venue that gives a price now is healthy, whatever the last scheduled check found. */
async function listCandidates(deps: TradingDeps, symbol: string): Promise<VenueCandidate[]> {
  const instruments = await listInstruments(deps.db, symbol);
  return Promise.all(
    [...deps.venues.values()].map(async ({ name }): Promise<VenueCandidate> => {
      const instrument = instruments.find(({ venue }) => venue === name) ?? null;
      const price = instrument ? await priceAt(deps, name, symbol) : null;
      return {
        venue: name,
        healthy: price !== undefined,
        instrument,
        marketOpen: true,
        price: price ?? null,
      };
    }),
  );
}

/** The current price; undefined when the venue does not answer. */
async function priceAt(
  deps: TradingDeps,
  venue: VenueName,
  symbol: string,
): Promise<DecimalString | null | undefined> {
  try {
    const ticks = await venueOf(deps, venue).market.prices();
    return ticks.find((tick) => tick.symbol === symbol)?.price ?? null;
  } catch (error) {
    deps.logger.warn({ venue, err: error }, 'no prices for routing');
    return undefined;
  }
}

const countLive = (deps: TradingDeps, signal: SignalRow, { id }: SurveyedDeployment): Promise<number> =>
  deps.db.trade.count({
    where: {
      deploymentId: id,
      signalId: { not: signal.id },
      phase: { in: ['opening', 'open', 'closing', 'settling'] },
    },
  });
