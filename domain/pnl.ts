import { direction, type Side } from './ids.ts';
import { amount, decimalString, sum, ZERO, type Amount, type DecimalString } from './money.ts';

/** What a fill says that profit is made of. */
export interface PricedFill {
  price: DecimalString;
  size: DecimalString;
  /** What the venue charged for it; negative is a rebate. */
  feeUsd: DecimalString;
}

/** Profit and loss as the fills tell it; every amount in USD. */
export interface FillsPnl {
  /** Average over the fills, by size; null without any. */
  entryPrice: DecimalString | null;
  exitPrice: DecimalString | null;
  entrySize: DecimalString;
  exitSize: DecimalString;
  /** Entered and not exited yet. */
  openSize: DecimalString;
  /** Of the exited size, before fees and funding. */
  grossUsd: DecimalString;
  /** Of all the fills, entries included. */
  feesUsd: DecimalString;
  /** Received (positive) or paid (negative) while the position was open. */
  fundingUsd: DecimalString;
  /** Gross - fees + funding. */
  netUsd: DecimalString;
  /** Net in percent of the entry value; 0 before the entry filled. */
  netPct: number;
}

/** Finest unit kept of a USD amount that comes out of a division. */
const USD_DECIMALS = 12;

/** Books a position from its fills and nothing else; a part that is still open counts only with its fees. */
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
