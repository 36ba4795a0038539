import { Amount, amount, decimalString, type DecimalString } from './money.ts';

const BPS = 10_000;

/** Fee rates of a venue for orders that take liquidity, in basis points of their value. */
export interface TradeFees {
  entryBps: number;
  exitBps: number;
}

/** Returns the fee in USD of an order of this value. */
export const feeUsd = (notionalUsd: Amount | DecimalString, bps: number): DecimalString =>
  decimalString(amount(notionalUsd).mul(bps).div(BPS));

/**
 * Returns how far, in percent of the entry price, the exit must be so that both fees are earned back: the offset of a
 * break-even stop. A long needs slightly more than a short; this is the long's, rounded up at six decimals.
 */
export function roundTripFeePct({ entryBps, exitBps }: TradeFees): number {
  const paid = new Amount(entryBps).div(BPS).add(1);
  const kept = new Amount(1).sub(new Amount(exitBps).div(BPS));
  return paid.div(kept).sub(1).mul(100).toDecimalPlaces(6, Amount.ROUND_UP).toNumber();
}
