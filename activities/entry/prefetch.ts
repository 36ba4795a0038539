import type { Symbol } from '#domain/ids.ts';
import type { AccountState, PriceTick } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import type { LastVenue } from './last-venues.ts';

/** Questions to a venue, asked before the database has said whether the trade goes there. */
export interface Prefetched extends LastVenue {
  prices: Promise<PriceTick[]>;
  account: Promise<AccountState>;
}

/**
 * Asks a venue for its prices, for the account, and for what the venue's client keeps: how the account margins the
 * instrument, and its fees.
 * A request that fails throws only where its answer is awaited.
 */
export function prefetch(
  deps: Pick<TradingDeps, 'venues'>,
  { venue, accountId }: LastVenue,
  symbol: Symbol,
): Prefetched {
  const { market, accounts } = venueOf(deps, venue);
  accounts.marginSetting?.(accountId, symbol).catch(() => undefined);
  accounts.fees(accountId, symbol);
  const prefetched = { venue, accountId, prices: market.prices(), account: accounts.account(accountId) };
  for (const answer of [prefetched.prices, prefetched.account]) answer.catch(() => undefined);
  return prefetched;
}
