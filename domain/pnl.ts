import { direction, type Side } from './ids.ts';
import { amount, decimalString, sum, ZERO, type Amount, type DecimalString } from './money.ts';

/** The fields of a fill that make a profit. */
export interface PricedFill {
  price: DecimalString;
  size: DecimalString;
  /** Fee in USD that the venue charged; negative for a rebate. */
  feeUsd: DecimalString;
}

/** Profit and loss computed from fills; every amount in USD. */
export interface FillsPnl {
  /** Average over the fills, by size; null without any. */
  entryPrice: DecimalString | null;
  exitPrice: DecimalString | null;
  entrySize: DecimalString;
  exitSize: DecimalString;
  /** Size that was entered and not exited yet. */
  openSize: DecimalString;
  /** Profit of the exited size, before fees and funding. */
  grossUsd: DecimalString;
  /** Fees of all fills, entries included. */
  feesUsd: DecimalString;
  /** Funding received (positive) or paid (negative) while the position was open. */
  fundingUsd: DecimalString;
  /** Gross - fees + funding. */
  netUsd: DecimalString;
  /** Net in percent of the entry value; 0 before the entry filled. */
  netPct: number;
}

/** Finest unit kept of a USD amount that comes out of a division. */
const USD_DECIMALS = 12;

/**
 * Returns the profit of a position from its fills and funding alone. A size that is still open counts only with its
 * fees.
 */
export function fillsPnl(
  side: Side,
  entryFills: readonly PricedFill[],
  exitFills: readonly PricedFill[],
  fundingUsd: DecimalString = '0',
): FillsPnl {
  const [entry, exit] = [total(entryFills), total(exitFills)];
  const entryPrice = averagePrice(entry);
  const gross = entryPrice === null ? ZERO : exit.value.sub(entryPrice.mul(exit.size)).mul(direction(side));
  const grossUsd = gross.toDecimalPlaces(USD_DECIMALS);
  const feesUsd = entry.fees.add(exit.fees);
  const netUsd = grossUsd.sub(feesUsd).add(amount(fundingUsd));
  return {
    entryPrice: optionalString(entryPrice),
    exitPrice: optionalString(averagePrice(exit)),
    entrySize: decimalString(entry.size),
    exitSize: decimalString(exit.size),
    openSize: decimalString(entry.size.sub(exit.size)),
    grossUsd: decimalString(grossUsd),
    feesUsd: decimalString(feesUsd),
    fundingUsd: decimalString(amount(fundingUsd)),
    netUsd: decimalString(netUsd),
    netPct: entry.value.isZero() ? 0 : netUsd.div(entry.value).mul(100).toDecimalPlaces(8).toNumber(),
  };
}

interface Total {
  size: Amount;
  value: Amount;
  fees: Amount;
}

const total = (fills: readonly PricedFill[]): Total => ({
  size: sum(fills.map(({ size }) => size)),
  value: sum(fills.map(({ price, size }) => amount(price).mul(amount(size)))),
  fees: sum(fills.map(({ feeUsd }) => feeUsd)),
});

const averagePrice = ({ size, value }: Total): Amount | null => (size.isZero() ? null : value.div(size));

const optionalString = (price: Amount | null): DecimalString | null =>
  price === null ? null : decimalString(price.toDecimalPlaces(USD_DECIMALS));
