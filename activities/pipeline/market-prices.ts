import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Logger } from '#observability/logger.ts';
import type { Venue } from '#venues/venue.ts';
import { withTimeout } from '#process/with-timeout.ts';

/** The price of everything that can be traded, now. */
export type MarketPrices = () => Promise<ReadonlyMap<Symbol, DecimalString>>;

const PRICES_TIMEOUT_MS = 2_000;

/**
 * Prices of all venues together, the first venue first. A venue that does not answer in time is left out: prices
 * here only help to judge a signal, and routing asks again before anything is ordered.
 */
export const createMarketPrices =
  (venues: readonly Venue[], logger: Logger): MarketPrices =>
  async () => {
    const lists = await Promise.all(
      venues.map((venue) =>
        withTimeout(venue.market.prices(), PRICES_TIMEOUT_MS).catch((error: unknown) => {
          logger.warn({ venue: venue.name, err: error }, 'no prices to judge signals by');
          return [];
        }),
      ),
    );
    return new Map(lists.toReversed().flatMap((ticks) => ticks.map(({ symbol, price }) => [symbol, price])));
  };
