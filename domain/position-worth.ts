import { direction, type Side } from './ids.ts';
import { amount, decimalString, type DecimalString } from './money.ts';

/** An open position at a price; sizes are positive whatever the side. */
export interface PricedPosition {
  side: Side;
  size: DecimalString;
  entryPrice: DecimalString;
  /** Price of now; null while none is known. */
  markPrice: DecimalString | null;
  /** Where its stop rests; null for none. */
  stopPrice: DecimalString | null;
  leverage: number | null;
}

/** The worth of an open position; amounts in USD, null where the mark price or the leverage is not known. */
export interface PositionWorth {
  /** Size at the mark price. */
  valueUsd: DecimalString | null;
  /** Value at the entry over the leverage. */
  marginUsd: DecimalString | null;
  /** Profit at the mark price, before fees and funding. */
  unrealizedUsd: DecimalString | null;
  /** Unrealized profit in percent of the margin. */
  returnOnMarginPct: number | null;
  /** Profit, before fees, if it ended at its stop; negative for a loss. */
  atStopUsd: DecimalString | null;
}

/** Finest unit kept of a USD amount. */
const USD_DECIMALS = 12;

/** Returns the worth of an open position. */
export function positionWorth(position: PricedPosition): PositionWorth {
  const { side, size, entryPrice, markPrice, stopPrice, leverage } = position;
  const profitAt = (price: DecimalString | null): DecimalString | null =>
    price === null ? null : usd(amount(price).sub(entryPrice).mul(size).mul(direction(side)));
  const margin = leverage === null || leverage <= 0 ? null : amount(entryPrice).mul(size).div(leverage);
  const unrealizedUsd = profitAt(markPrice);
  return {
    valueUsd: markPrice === null ? null : usd(amount(markPrice).mul(size)),
    marginUsd: margin && usd(margin),
    unrealizedUsd,
    returnOnMarginPct:
      unrealizedUsd === null || !margin || margin.isZero()
        ? null
        : amount(unrealizedUsd).div(margin).mul(100).toNumber(),
    atStopUsd: profitAt(stopPrice),
  };
}

const usd = (value: ReturnType<typeof amount>): DecimalString =>
  decimalString(value.toDecimalPlaces(USD_DECIMALS));
