import type { VenueName } from './ids.ts';
import { minimumSize, type Instrument } from './instrument.ts';
import { amount, decimalString, type DecimalString } from './money.ts';
import { refusal, type Refusal, type RefusalCode } from './reasons.ts';
import type { RequestedVenue } from './signal.ts';

export const DEFAULT_VENUE_ORDER: readonly VenueName[] = ['hyperliquid', 'ostium'];

/** What a venue answered about a signal. */
export interface VenueCandidate {
  venue: VenueName;
  healthy: boolean;
  /** Null when the venue does not list the symbol. */
  instrument: Instrument | null;
  marketOpen: boolean;
  /** Current price there; null when it is not to be had. */
  price: DecimalString | null;
}

export type RoutingRefusalCode = Extract<
  RefusalCode,
  | 'venue_not_requested'
  | 'venue_unhealthy'
  | 'unknown_instrument'
  | 'not_tradable'
  | 'market_closed'
  | 'no_price'
  | 'below_minimum'
>;

export interface VenueRefusal extends Refusal<RoutingRefusalCode> {
  venue: VenueName;
}

export interface VenueChoice {
  /** Null when every venue refused. */
  chosen: VenueName | null;
  /** Of the venues asked before the chosen one, in the order they were asked. */
  refusals: VenueRefusal[];
}

/** Asks the venues in order and takes the first that can do it; the others' reasons are kept. */
export function chooseVenue(
  requested: RequestedVenue,
  order: readonly VenueName[],
  candidates: readonly VenueCandidate[],
  need: { notionalUsd: DecimalString },
): VenueChoice {
  const refusals: VenueRefusal[] = [];
  for (const venue of order) {
    const candidate = candidates.find((each) => each.venue === venue);
    const refused = checkVenue(requested, venue, candidate, need.notionalUsd);
    if (refused === null) return { chosen: venue, refusals };
    refusals.push({ venue, ...refused });
  }
  return { chosen: null, refusals };
}

function checkVenue(
  requested: RequestedVenue,
  venue: VenueName,
  candidate: VenueCandidate | undefined,
  notionalUsd: DecimalString,
): Refusal<RoutingRefusalCode> | null {
  if (requested !== 'MULTI' && requested !== venue) return refusal('venue_not_requested');
  if (candidate === undefined || !candidate.healthy) return refusal('venue_unhealthy');
  const { instrument, price } = candidate;
  if (instrument === null) return refusal('unknown_instrument');
  if (!instrument.tradable) return refusal('not_tradable');
  if (!candidate.marketOpen) return refusal('market_closed');
  if (price === null) return refusal('no_price');
  const minimumUsd = minimumSize(instrument, price).mul(amount(price));
  if (amount(notionalUsd).gte(minimumUsd)) return null;
  return refusal(
    'below_minimum',
    `It is ${notionalUsd} USD; the smallest is ${decimalString(minimumUsd)} USD.`,
  );
}
