import { DEFAULT_TIME_LIMIT_MS } from '#domain/barriers.ts';
import type { AccountId, Symbol, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { MarketAnswer } from '#domain/routing.ts';
import { tradingCost, type ExpectedTrade, type TradingCost } from '#domain/trading-cost.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { AccountState, PriceTick } from '#venues/venue.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import type { Prefetched } from './prefetch.ts';

/** Asks venues about one trade: each question is put to a venue at most once. */
export interface VenueQuestions {
  /** Returns the venue's market of the symbol, as it is now. */
  market(venue: VenueName): Promise<MarketAnswer>;
  /** Returns what the trade would cost at the venue; null when the venue does not say. */
  cost(venue: VenueName): Promise<TradingCost | null>;
  /** Returns the account by the venue's own word; throws `VenueError` when it does not say. */
  accountAt(venue: VenueName): Promise<AccountState>;
  /** Begins to ask for market and account, whether or not the answers are needed later. */
  startAsking(venue: VenueName): void;
}

/** How long a venue may take to give a price, in ms. */
export const ANSWER_TIMEOUT_MS = {
  /** When no other venue can take the trade: a refusal would be worse than the wait. */
  alone: 10_000,
  /** When other venues can take the trade. */
  usual: 2_000,
  /** When other venues can take the trade, and this one did not answer its last health check. */
  down: 750,
} as const;
/** An account may take longer than a price: the venue has shown that it answers when its price came. */
const ACCOUNT_TIMEOUT_MS = 5_000;

/** The trade that is asked about. */
interface AskedTrade {
  symbol: Symbol;
  accountId: AccountId;
  expected: ExpectedTrade;
}

export function createVenueQuestions(
  deps: TradingDeps,
  about: AskedTrade & {
    /** Returns how long a venue may take to give a price, in ms. */
    timeoutOf(venue: VenueName): number;
  },
  prefetched: Prefetched | null,
): VenueQuestions {
  const prefetchedOf = (venue: VenueName) =>
    prefetched?.venue === venue && prefetched.accountId === about.accountId ? prefetched : null;
  const markets = new Map<VenueName, Promise<MarketAnswer>>();
  const accounts = new Map<VenueName, Promise<AccountState>>();
  const questions: VenueQuestions = {
    market: (venue) =>
      once(markets, venue, () => {
        const prices = prefetchedOf(venue)?.prices ?? venueOf(deps, venue).market.prices();
        return findMarket(deps, venue, about.symbol, withTimeout(prices, about.timeoutOf(venue)));
      }),
    cost: (venue) => askCost(deps, venue, about),
    accountAt: (venue) =>
      once(accounts, venue, () => {
        const { accounts: client } = venueOf(deps, venue);
        const account = prefetchedOf(venue)?.account ?? client.account(about.accountId);
        // The venue's client keeps the answers, which the entry needs.
        client.fees(about.accountId, about.symbol);
        client.marginSetting?.(about.accountId, about.symbol).catch(() => undefined);
        return withTimeout(account, ACCOUNT_TIMEOUT_MS);
      }),
    startAsking(venue) {
      void questions.market(venue);
      // A request that fails throws where its answer is awaited.
      questions.accountAt(venue).catch(() => undefined);
    },
  };
  return questions;
}

function once<Value>(
  asked: Map<VenueName, Promise<Value>>,
  venue: VenueName,
  ask: () => Promise<Value>,
): Promise<Value> {
  const answer = asked.get(venue) ?? ask();
  asked.set(venue, answer);
  return answer;
}

/** Returns the trade as its costs are estimated: with the largest value it can have, because its size is not known yet. */
export function expectTrade(signal: SignalRow, maxNotionalUsd: DecimalString): ExpectedTrade {
  const { side, sizeModel, barriers } = signal;
  const wanted = sizeModel.mode === 'fixedNotional' ? sizeModel.notionalUsd : maxNotionalUsd;
  return {
    side,
    notionalUsd: Number(wanted) < Number(maxNotionalUsd) ? wanted : maxNotionalUsd,
    holdMs: barriers.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS,
  };
}

/** Returns the venue's market of a symbol. A venue that gives a price now is healthy, even if its last health check failed. */
async function findMarket(
  deps: TradingDeps,
  venue: VenueName,
  symbol: Symbol,
  prices: Promise<PriceTick[]>,
): Promise<MarketAnswer> {
  try {
    const ticks = await prices;
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
  { symbol, accountId, expected }: AskedTrade,
): Promise<TradingCost | null> {
  const { market, accounts } = venueOf(deps, venue);
  try {
    accounts.fees(accountId, symbol);
    const quote = await withTimeout(market.quote(symbol), ANSWER_TIMEOUT_MS.usual);
    return quote && tradingCost({ ...quote, fees: accounts.fees(accountId, symbol) }, expected);
  } catch (error) {
    deps.logger.warn({ venue, err: error }, 'no quote for routing');
    return null;
  }
}

/** Returns the first line of an error's message, without a full stop. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? 'no answer';
