import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Venue } from './venue.ts';

/**
 * Returns the price of a symbol at a venue now, of the kind that the venue triggers on; undefined when it gives none.
 *
 * @throws {VenueError} when the venue cannot be asked.
 */
export async function priceOf(
  { market }: Pick<Venue, 'market'>,
  symbol: Symbol,
): Promise<DecimalString | undefined> {
  return (await market.prices()).find((tick) => tick.symbol === symbol)?.price;
}
