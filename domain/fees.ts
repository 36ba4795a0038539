import { Amount, amount, decimalString, sum, type DecimalString } from './money.ts';

const BPS = 10_000;

/** Fees of a trade whose orders take liquidity. */
export interface TradeFees {
  /** Basis points of the value of the entry order. */
  entryBps: number;
  /** Basis points of the value of the closing order. */
  exitBps: number;
  /** Charged once per trade in USD, whatever its size. */
  flatUsd: DecimalString;
}

/** A fill of an entry. */
interface PaidFill {
  price: DecimalString;
  size: DecimalString;
  feeUsd: DecimalString;
}

/** Returns the fee in USD of an order of this value. */
export const feeUsd = (notionalUsd: Amount | DecimalString, bps: number): DecimalString =>
  decimalString(amount(notionalUsd).mul(bps).div(BPS));

/**
 * Returns how far, in percent of the entry price, the exit must be so that both fees are earned back: the offset of a
 * break-even stop. `notionalUsd` is the value of the entry, over which a flat fee is spread. A long needs slightly more
 * than a short; this is the long's, rounded up at six decimals.
 */
export function roundTripFeePct(
  { entryBps, exitBps, flatUsd }: TradeFees,
  notionalUsd: Amount | DecimalString,
): number {
  const flat = amount(flatUsd).isZero() ? new Amount(0) : amount(flatUsd).div(notionalUsd);
  const paid = new Amount(entryBps).div(BPS).add(flat).add(1);
  const kept = new Amount(1).sub(new Amount(exitBps).div(BPS));
  return paid.div(kept).sub(1).mul(100).toDecimalPlaces(6, Amount.ROUND_UP).toNumber();
}

/**
 * Returns the fees of a trade with what its entry has paid in place of what was expected, flat fees included; as they
 * are where the fills are not all of the entry's `size`.
 */
export function withPaidEntry(
  fees: TradeFees,
  fills: readonly PaidFill[],
  size: Amount | DecimalString,
): TradeFees {
  if (fills.length === 0 || !sum(fills.map((fill) => fill.size)).eq(size)) return fees;
  const value = sum(fills.map((fill) => amount(fill.size).mul(fill.price)));
  const paid = sum(fills.map((fill) => fill.feeUsd));
  return { ...fees, entryBps: paid.div(value).mul(BPS).toNumber(), flatUsd: '0' };
}
