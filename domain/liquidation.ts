import { direction, type Side } from './ids.ts';
import type { Instrument } from './instrument.ts';
import { Amount, amount, decimalString, type DecimalString } from './money.ts';

/**
 * Margin that a venue requires behind a position: `share / maxLeverage` of its value, at the mark price or at the
 * entry price. With less, the venue liquidates the position.
 */
export interface MaintenanceRule {
  share: number;
  of: 'mark' | 'entry';
}

/** Source: Hyperliquid's official documentation, "margining" and "liquidations". Its lowest tier, which small accounts have. */
export const HYPERLIQUID_MAINTENANCE: MaintenanceRule = { share: 0.5, of: 'mark' };
/** Source: PyPI `ostium-python-sdk` 3.3.1, `scscript/pairinfos.py`; before rollover. */
export const OSTIUM_MAINTENANCE: MaintenanceRule = { share: 0.25, of: 'entry' };

/** A position that is planned. */
export interface PlannedPosition {
  side: Side;
  entryPrice: DecimalString;
  instrument: Pick<Instrument, 'maxLeverage'>;
  maintenance: MaintenanceRule;
}

/** Share of the way to the stop that is kept between stop and liquidation, for fees, funding and jumps. */
const SPARE_SHARE = 0.1;

const rateOf = ({ maintenance, instrument }: PlannedPosition): Amount =>
  new Amount(maintenance.share).div(instrument.maxLeverage);

/**
 * Returns the highest leverage (value of the position over the margin behind it) at which its stop is triggered before
 * the venue liquidates it. It is below 1 for a stop farther away than the margin of an unlevered position lasts, and
 * infinite for a stop on the winning side.
 */
export function highestLeverage(position: PlannedPosition, stopPrice: DecimalString): number {
  const entry = amount(position.entryPrice);
  const stop = amount(stopPrice);
  const loss = entry.sub(stop).mul(direction(position.side));
  if (loss.lte(0)) return Infinity;
  const left = rateOf(position).mul(position.maintenance.of === 'mark' ? stop : entry);
  return entry.div(loss.mul(1 + SPARE_SHARE).add(left)).toNumber();
}

/**
 * Returns the price at which the venue liquidates a position whose value is `leverage` times the margin behind it,
 * before fees and funding; null where it never does, such as a long without leverage.
 */
export function liquidationPrice(position: PlannedPosition, leverage: number): DecimalString | null {
  const entry = amount(position.entryPrice);
  const sign = direction(position.side);
  const rate = rateOf(position);
  const margin = entry.div(leverage).sub(entry.mul(rate));
  const distance =
    position.maintenance.of === 'mark' ? margin.div(new Amount(1).sub(rate.mul(sign))) : margin;
  const price = entry.sub(distance.mul(sign));
  return price.gt(0) ? decimalString(price.toSignificantDigits(8)) : null;
}

/** Returns whether the venue liquidates a position at or before its stop. Null is a position that no price liquidates. */
export const isBeyondLiquidation = (
  side: Side,
  stopPrice: DecimalString,
  liquidatedAt: DecimalString | null,
): boolean => liquidatedAt !== null && amount(stopPrice).sub(liquidatedAt).mul(direction(side)).lte(0);
