import type { DecimalString } from './money.ts';
import type { Symbol, VenueName } from './ids.ts';

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
  /** The venue's own name (`BTC`, `kPEPE`) and number for it. */
  venueSymbol: string;
  venueAssetId: number;
  priceRule: PriceRule;
  /** Sizes are whole multiples of this. */
  lot: DecimalString;
  minNotionalUsd: DecimalString;
  maxLeverage: number;
  onlyIsolated: boolean;
  /** False once the venue has delisted it. */
  tradable: boolean;
}
