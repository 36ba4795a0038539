import { Amount } from '../wire/amounts.ts';

/** What an account pays of an order's value, by its volume, its stake and its referrer. */
export interface FeeRates {
  readonly taker: string;
  readonly maker: string;
  /** Part of both that a referrer takes off. */
  readonly referralDiscount: string;
}

/** Fee rates of perpetuals in the lowest volume tier. Source: the documentation's page on fees. */
export const LOWEST_TIER: FeeRates = { taker: '0.00045', maker: '0.00015', referralDiscount: '0.0' };

/** Returns the share of its value that an order pays, which takes liquidity if it crossed. */
export const rateOf = ({ taker, maker, referralDiscount }: FeeRates, crossed: boolean): Amount =>
  new Amount(1).sub(referralDiscount).mul(crossed ? taker : maker);
