import type { Side } from './ids.ts';
import { amount, type DecimalString } from './money.ts';
import { refusal, type Refusal } from './reasons.ts';

/** A price given outright, or as percent of the entry price (of price, never of margin). */
export type Level = { pct: number } | { price: DecimalString };

/**
 * Most times that a level may be above or below the price: wide enough for any trade that is meant, narrow enough to
 * catch a lost decimal sign (a stop of 155,000 for 155, or of 64 for 64,000).
 */
const BOUNDS = {
  long: { stop: [0.2, 1], target: [1, 9] },
  short: { stop: [1, 3], target: [0.12, 1] },
} as const satisfies Record<Side, Record<'stop' | 'target', readonly [number, number]>>;

/**
 * Returns why a stop or target cannot be meant for a trade at `price`, or null. `resolveBarriers` judges levels on
 * the wrong side.
 */
export function refuseImplausible(
  { stopLoss, takeProfits = [] }: { stopLoss?: Level; takeProfits?: readonly Level[] },
  { side, price }: { side: Side; price: DecimalString },
): Refusal<'implausible_level'> | null {
  const [low, high] = BOUNDS[side].stop;
  if (stopLoss && isBeyond(stopLoss, price, side === 'long' ? [low, Infinity] : [0, high]))
    return refusal('implausible_level', `A stop at ${show(stopLoss)} is too far from a price of ${price}.`);
  const [near, far] = BOUNDS[side].target;
  const target = takeProfits.find((each) =>
    isBeyond(each, price, side === 'long' ? [0, far] : [near, Infinity]),
  );
  return target
    ? refusal('implausible_level', `A target at ${show(target)} is too far from a price of ${price}.`)
    : null;
}

function isBeyond(level: Level, price: DecimalString, [low, high]: readonly [number, number]): boolean {
  if ('pct' in level) return false;
  const ratio = Number(amount(level.price).div(price));
  return ratio < low || ratio > high;
}

const show = (level: Level): string => ('price' in level ? level.price : `${level.pct} %`);
