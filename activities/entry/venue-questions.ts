import { DEFAULT_TIME_LIMIT_MS } from '#domain/barriers.ts';
import type { AccountId, Symbol, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { MarketAnswer } from '#domain/routing.ts';
import { tradingCost, type ExpectedTrade, type TradingCost } from '#domain/trading-cost.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import type { AccountState, PriceTick } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import { withTimeout } from '#process/with-timeout.ts';

/** Asks venues about one trade, each for each thing at most once. */
export interface VenueQuestions {
  /** The market of the symbol there, now. */
  market(venue: VenueName): Promise<MarketAnswer>;
  /** What the trade would cost there; null when the venue cannot say. */
  cost(venue: VenueName): Promise<TradingCost | null>;
  /** The account as the venue sees it; throws what the venue answered instead. */
  accountAt(venue: VenueName): Promise<AccountState>;
  /** Begins to ask for market and account; whether the answers are needed is decided later. */
  askAhead(venue: VenueName): void;
}

/** What a venue has been asked before the books said whether it matters. */
export interface AskedAhead {
  venue: VenueName;
  accountId: AccountId;
  prices: Promise<PriceTick[]>;
  account: Promise<AccountState>;
}

/**
 * Asks for prices, for the account and for how it margins the instrument, which the venue's client keeps. Until the
 * answers are needed, a failed question harms nothing.
 */
export function askAhead(
  deps: Pick<TradingDeps, 'venues'>,
  { venue, accountId }: Pick<AskedAhead, 'venue' | 'accountId'>,
  symbol: Symbol,
): AskedAhead {
  const { market, accounts } = venueOf(deps, venue);
  accounts.marginSetting?.(accountId, symbol).catch(() => undefined);
  const asked = { venue, accountId, prices: market.prices(), account: accounts.account(accountId) };
  for (const answer of [asked.prices, asked.account]) answer.catch(() => undefined);
  return asked;
}

/** How long a venue may take to give a price. */
export const ANSWER_TIMEOUT_MS = {
  /** Where no other venue can have the trade: refusing it would be worse than waiting. */
  alone: 10_000,
  /** Where others can. */
  usual: 2_000,
  /** Where others can, and the venue did not answer its last check either. */
  down: 750,
} as const;
/** An account is worth waiting longer for: by then the venue has shown that it answers. */
const ACCOUNT_TIMEOUT_MS = 5_000;

export function createVenueQuestions(
  deps: TradingDeps,
  about: {
    symbol: Symbol;
    accountId: AccountId;
    expected: ExpectedTrade;
    /** How long a venue may take to give a price. */
    timeoutOf(venue: VenueName): number;
  },
  ahead: AskedAhead | null,
): VenueQuestions {
  const askedOf = (venue: VenueName) =>
    ahead?.venue === venue && ahead.accountId === about.accountId ? ahead : null;
  const markets = new Map<VenueName, Promise<MarketAnswer>>();
  const accounts = new Map<VenueName, Promise<AccountState>>();
  const questions: VenueQuestions = {
    market: (venue) =>
      once(markets, venue, () => {
        const prices = askedOf(venue)?.prices ?? venueOf(deps, venue).market.prices();
        return findMarket(deps, venue, about.symbol, withTimeout(prices, about.timeoutOf(venue)));
      }),
    cost: (venue) => askCost(deps, venue, about.symbol, about.expected),
    accountAt: (venue) =>
      once(accounts, venue, () => {
        const { accounts: client } = venueOf(deps, venue);
        const account = askedOf(venue)?.account ?? client.account(about.accountId);
        // The entry will need it: what the venue answers is kept there.
        client.marginSetting?.(about.accountId, about.symbol).catch(() => undefined);
        return withTimeout(account, ACCOUNT_TIMEOUT_MS);
      }),
    askAhead(venue) {
      void questions.market(venue);
      // Until the answer is needed, a failed one is nobody's failure.
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

/** How the trade is expected to go. Its size is known only once the account is; this is the most it can come to. */
export function expectTrade(signal: SignalRow, maxNotionalUsd: DecimalString): ExpectedTrade {
  const { side, sizeModel, barriers } = signal;
  const wanted = sizeModel.mode === 'fixedNotional' ? sizeModel.notionalUsd : maxNotionalUsd;
  return {
    side,
    notionalUsd: Number(wanted) < Number(maxNotionalUsd) ? wanted : maxNotionalUsd,
    holdMs: barriers.timeLimitMs ?? DEFAULT_TIME_LIMIT_MS,
  };
}

/** A venue that gives a price now is healthy, whatever the last scheduled check found. */
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
  symbol: Symbol,
  expected: ExpectedTrade,
): Promise<TradingCost | null> {
  try {
    const quote = await withTimeout(venueOf(deps, venue).market.quote(symbol), ANSWER_TIMEOUT_MS.usual);
    return quote && tradingCost(quote, expected);
  } catch (error) {
    deps.logger.warn({ venue, err: error }, 'no quote for routing');
    return null;
  }
}

/** One line without its full stop. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/\.$/, '') ?? 'no answer';
