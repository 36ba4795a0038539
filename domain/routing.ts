import type { VenueName } from './ids.ts';
import { minimumSize, type Instrument } from './instrument.ts';
import { amount, decimalString, type DecimalString } from './money.ts';
import { refusal, type Refusal, type RefusalCode } from './reasons.ts';
import type { RequestedVenue } from './signal.ts';
import type { TradingCost } from './trading-cost.ts';

export const DEFAULT_VENUE_ORDER: readonly VenueName[] = ['hyperliquid', 'ostium'];

/**
 * How a venue is chosen among those that can take the trade.
 * - `priority`: the first in the order.
 * - `best`: the one where spread, fees and expected funding come to the least; the order decides between equals.
 */
export const ROUTING_MODES = ['priority', 'best'] as const;
export type RoutingMode = (typeof ROUTING_MODES)[number];

/** The venues that are asked, in order, and how one of them is chosen. */
export interface RoutingRules {
  mode: RoutingMode;
  venues: readonly VenueName[];
}

export const DEFAULT_ROUTING_RULES: RoutingRules = { mode: 'priority', venues: DEFAULT_VENUE_ORDER };

export interface VenueRefusal extends Refusal {
  venue: VenueName;
}

/** The estimated cost at a venue; null when it is not known. */
export interface VenueCost {
  venue: VenueName;
  cost: TradingCost | null;
}

/** Result of the routing of a trade. */
export interface RoutingOutcome {
  /** Null when no venue takes the trade. */
  venue: VenueName | null;
  mode: RoutingMode;
  /** In the order in which the venues refused. */
  refusals: VenueRefusal[];
  /** Filled only when costs decide. */
  costs: VenueCost[];
  durationMs: number;
}

/** The records about a venue that are read before it is asked. */
export interface VenueCandidate {
  venue: VenueName;
  /** Null when the venue does not list the symbol. */
  instrument: Instrument | null;
  /** Whether what the venue lists was ever read. */
  isRead: boolean;
  /** State of the deployment's trading key at the venue. */
  tradingKey: 'approved' | 'unapproved' | 'none';
}

/** The market of an instrument, as a venue reports it. */
export type MarketAnswer =
  | { answered: true; isOpen: boolean; price: DecimalString | null; priceAgeMs: number }
  | { answered: false; why: string };

/** A price older than this is not used. */
export const MAX_PRICE_AGE_MS = 60_000;

/** Returns why the venue need not be asked at all, or null. */
export function refuseCandidate(
  requested: RequestedVenue,
  { venue, instrument, isRead, tradingKey }: VenueCandidate,
): Refusal | null {
  if (requested !== 'MULTI' && requested !== venue) return refusal('venue_not_requested');
  if (instrument === null) return refusal(isRead ? 'unknown_instrument' : 'venue_unreachable');
  if (!instrument.tradable) return refusal('not_tradable');
  if (tradingKey === 'none') return refusal('no_trading_key');
  return tradingKey === 'unapproved' ? refusal('wallet_not_approved') : null;
}

/** Returns why the venue cannot take an order of this value now, or null. */
export function refuseMarket(
  instrument: Instrument,
  market: MarketAnswer,
  notionalUsd: DecimalString,
): Refusal | null {
  if (!market.answered) return refusal('venue_unhealthy', market.why);
  if (!market.isOpen) return refusal('market_closed');
  if (market.price === null) return refusal('no_price');
  if (market.priceAgeMs > MAX_PRICE_AGE_MS) {
    return refusal('no_price', `The last one is ${Math.round(market.priceAgeMs / 1000)} s old.`);
  }
  const minimumUsd = minimumSize(instrument, market.price).mul(amount(market.price));
  if (amount(notionalUsd).gte(minimumUsd)) return null;
  return refusal(
    'below_minimum',
    `It is ${notionalUsd} USD; the smallest is ${decimalString(minimumUsd)} USD.`,
  );
}

/** Refusals of one venue after which another venue may take the trade. Any other refusal ends the signal. */
const PASSED_ON: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'venue_not_requested',
  'venue_unhealthy',
  'venue_unreachable',
  'venue_braked',
  'unknown_instrument',
  'not_tradable',
  'market_closed',
  'no_price',
  'below_minimum',
  'no_trading_key',
  'wallet_not_approved',
  'key_unreadable',
  'too_small',
  'no_margin',
  'no_equity',
  'leverage_reached',
  'stop_beyond_liquidation',
  'account_mode_unsupported',
]);

/** Returns whether another venue is asked after this refusal. */
export const isPassedOn = ({ code }: Refusal): boolean => PASSED_ON.has(code);

/** Returns the venues with the cheapest first. Venues with equal or unknown cost keep their order. */
export function cheapestFirst(costs: readonly VenueCost[]): VenueName[] {
  const totalOf = ({ cost }: VenueCost): number => cost?.totalBps ?? Infinity;
  return costs.toSorted((a, b) => compare(totalOf(a), totalOf(b))).map(({ venue }) => venue);
}

/** Compares without subtraction, because the difference of two infinities is not a number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1);

/** Returns a refusal for each venue that could have been asked after the chosen one. */
export function refuseCostlier(chosen: VenueName, costs: readonly VenueCost[]): VenueRefusal[] {
  const best = costs.find(({ venue }) => venue === chosen)?.cost ?? null;
  return costs
    .filter(({ venue }) => venue !== chosen)
    .map(({ venue, cost }) => ({
      venue,
      ...refusal('costlier', `${describeCost(chosen, best)}, ${describeCost(venue, cost)}.`),
    }));
}

const describeCost = (venue: VenueName, cost: TradingCost | null): string =>
  `${venue} ${cost === null ? 'unknown' : `${cost.totalBps} bps`}`;

/** Refusals that are left out of the reason when another venue gave a better one. */
const SAYS_LITTLE: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['no_trading_key', 'unknown_instrument']);

/**
 * Returns one reason for a signal that no venue takes: the venues' own when they agree, otherwise `no_venue` with all
 * of them.
 */
export function refuseEverywhere(refusals: readonly VenueRefusal[]): Refusal {
  const asked = refusals.filter(({ code }) => code !== 'venue_not_requested');
  const telling = asked.filter(({ code }) => !SAYS_LITTLE.has(code));
  const [first, ...others] = telling.length > 0 ? telling : asked;
  if (first && others.every(({ code }) => code === first.code)) {
    return { code: first.code, text: first.text };
  }
  return refusal('no_venue', refusals.map(({ venue, text }) => `${venue}: ${text}`).join(' '));
}
