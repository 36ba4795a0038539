import type { Decimal } from 'decimal.js';
import type { Symbol, VenueName } from './ids.ts';
import { Amount, amount, floorTo, type DecimalString } from './money.ts';

/**
 * How a venue rounds prices.
 * - `step`: whole multiples of `tick`.
 * - `significant`: at most `figures` significant figures and `decimals` decimals, whole numbers always allowed
 *   (Hyperliquid: 5 figures and 6 - szDecimals decimals for perpetuals).
 */
export type PriceRule =
  | { kind: 'step'; tick: DecimalString }
  | { kind: 'significant'; figures: number; decimals: number };

/** What can be traded at one venue, with the rules an order must satisfy. */
export interface Instrument {
  venue: VenueName;
  symbol: Symbol;
  /** The venue's own name for it (`BTC`, `kPEPE`); `venueAssetId` is the venue's number. */
  venueSymbol: string;
  venueAssetId: number;
  priceRule: PriceRule;
  /** Every size is a whole multiple of this. */
  lot: DecimalString;
  minNotionalUsd: DecimalString;
  maxLeverage: number;
  onlyIsolated: boolean;
  /** False once the venue has delisted it. */
  tradable: boolean;
}

export type PriceRounding = 'down' | 'up' | 'nearest';

/** The fields of an instrument that the price and size rules read. */
export type PriceRules = Pick<Instrument, 'priceRule'>;
export type SizeRules = Pick<Instrument, 'lot' | 'minNotionalUsd'>;

const ROUNDINGS: Record<PriceRounding, Decimal.Rounding> = {
  down: Amount.ROUND_FLOOR,
  up: Amount.ROUND_CEIL,
  nearest: Amount.ROUND_HALF_EVEN,
};

/** Returns the distance between two legal prices around `price` (which must be positive). */
function priceStep(rule: PriceRule, price: Amount): Amount {
  if (rule.kind === 'step') return amount(rule.tick);
  const exponent = Math.min(0, Math.max(price.e - rule.figures + 1, -rule.decimals));
  return new Amount(10).pow(exponent);
}

/**
 * Returns the legal price next to `price`: at or below it (`down`), at or above it (`up`), or the closer of the two.
 * Rounding a tiny price down can give 0, which no venue accepts: see {@link isLegalPrice}.
 */
export function roundPrice(
  instrument: PriceRules,
  price: Amount | DecimalString,
  rounding: PriceRounding,
): Amount {
  const exact = amount(price);
  if (exact.isZero()) return exact;
  const step = priceStep(instrument.priceRule, exact);
  return exact.div(step).toDecimalPlaces(0, ROUNDINGS[rounding]).mul(step);
}

/** Returns whether an order may have this price: positive and on the instrument's grid. */
export function isLegalPrice(instrument: PriceRules, price: Amount | DecimalString): boolean {
  const exact = amount(price);
  return exact.gt(0) && roundPrice(instrument, exact, 'down').eq(exact);
}

/** Returns the largest legal size not above `size`; 0 when that is less than one lot. Never rounds up. */
export const roundSizeDown = (instrument: Pick<Instrument, 'lot'>, size: Amount | DecimalString): Amount =>
  floorTo(amount(size), amount(instrument.lot));

/** Returns whether an order may have this size: positive and a whole number of lots. */
export function isLegalSize(instrument: Pick<Instrument, 'lot'>, size: Amount | DecimalString): boolean {
  const exact = amount(size);
  return exact.gt(0) && roundSizeDown(instrument, exact).eq(exact);
}

/** Returns the smallest legal size whose value at `price` meets the venue's minimum: at least one lot. */
export function minimumSize(instrument: SizeRules, price: Amount | DecimalString): Amount {
  const lot = amount(instrument.lot);
  const lots = amount(instrument.minNotionalUsd).div(amount(price)).div(lot);
  return Amount.max(1, lots.ceil()).mul(lot);
}
