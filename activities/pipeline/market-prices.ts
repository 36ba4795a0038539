import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Logger } from '#observability/logger.ts';
import type { Venue } from '#venues/venue.ts';
import { withTimeout } from '#process/with-timeout.ts';

/** The price of everything that can be traded, now. */
export type MarketPrices = () => Promise<ReadonlyMap<Symbol, DecimalString>>;

const PRICES_TIMEOUT_MS = 2_000;
/** Steps that follow each other ask once: a call is judged by a price as old as this at most. */
const MAX_AGE_MS = 1_000;

/**
 * Prices of all venues together, the first venue first. A venue that does not answer in time is left out: prices
 * here only help to judge a signal, and routing asks again before anything is ordered.
 */
export function createMarketPrices(venues: readonly Venue[], logger: Logger): MarketPrices {
  let asked: { at: number; prices: ReturnType<MarketPrices> } | null = null;
  return () => {
    const at = performance.now();
    if (!asked || at - asked.at > MAX_AGE_MS) asked = { at, prices: askVenues(venues, logger) };
    return asked.prices;
  };
}

async function askVenues(venues: readonly Venue[], logger: Logger): ReturnType<MarketPrices> {
  const lists = await Promise.all(
    venues.map((venue) =>
      withTimeout(venue.market.prices(), PRICES_TIMEOUT_MS).catch((error: unknown) => {
        logger.warn({ venue: venue.name, err: error }, 'no prices to judge signals by');
        return [];
      }),
    ),
  );
  return new Map(lists.toReversed().flatMap((ticks) => ticks.map(({ symbol, price }) => [symbol, price])));
}
