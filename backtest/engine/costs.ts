import type { Side } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { entrySide, exitSide, type OrderSide } from '#domain/order.ts';
import { roundLevel } from '#domain/barriers.ts';

/** How much worse than the print an order fills, in basis points of it. */
export interface FillCosts {
  /** Distance of bid and ask; an order that takes liquidity pays half of it. */
  spreadBps: number;
  /** On top, for entries, stops and time limits; a target fills at its price. */
  slippageBps: number;
}

const BPS = 10_000;

/** Returns the price at which an entry fills that meets this print. */
export const entryFill = (side: Side, print: DecimalString, costs: FillCosts): DecimalString =>
  worse(entrySide(side), print, costs.spreadBps / 2 + costs.slippageBps);

/** Returns the price at which an exit fills that was touched at this level. */
export const exitFill = (
  side: Side,
  level: DecimalString,
  { isTarget, spreadBps, slippageBps }: FillCosts & { isTarget: boolean },
): DecimalString => worse(exitSide(side), level, spreadBps / 2 + (isTarget ? 0 : slippageBps));

function worse(side: OrderSide, price: DecimalString, bps: number): DecimalString {
  if (bps === 0) return price;
  return roundLevel(
    amount(price)
      .mul(BPS + (side === 'buy' ? bps : -bps))
      .div(BPS),
  );
}

/** Returns what a difference of price costs for a size in USD, 0 or more. */
export const lostUsd = (from: DecimalString, to: DecimalString, size: DecimalString): DecimalString =>
  from === to ? '0' : decimalString(amount(from).sub(to).abs().mul(size).toDecimalPlaces(12));
