import type { Instrument } from '#domain/instrument.ts';
import type { DecimalString } from '#domain/money.ts';
import type { AccountState } from '#venues/venue.ts';

/** Returns the margin in USD that a trade in the instrument can use. */
export function freeMarginOf(
  { freeMarginUsd, ownMarginsUsd }: AccountState,
  { venueSymbol }: Pick<Instrument, 'venueSymbol'>,
): DecimalString {
  const [market, coin] = venueSymbol.split(':');
  return (coin === undefined ? undefined : ownMarginsUsd?.[market ?? '']) ?? freeMarginUsd;
}
