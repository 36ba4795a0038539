import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import { refuseImplausible } from '#domain/levels.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { TradeIdea } from './classifier.ts';

/** Returns the part of an idea that cannot be meant, or null. Without an entry the stop is held against the market, then the targets. */
export function problemOf(
  { symbol, side, entry, barriers }: Pick<TradeIdea, 'symbol' | 'side' | 'entry' | 'barriers'>,
  price: DecimalString | null,
): Refusal | null {
  const near = price ?? entry;
  const implausible = near === null ? null : refuseImplausible(barriers, { side, price: near });
  if (implausible) return implausible;
  if (price !== null && entry !== null && isFar(entry, price))
    return refusal('implausible_level', `An entry at ${entry} is too far from a price of ${price}.`);
  const anchor = entry ?? anchorFrom(side, barriers);
  if (anchor === null) return null;
  const resolved = resolveBarriers(barriers, { side, entryPrice: anchor });
  return resolved.ok ? null : { ...resolved.refusal, text: `${side} ${symbol}: ${resolved.refusal.text}` };
}

/** An entry beyond half or twice the market belongs to another instrument, or has lost a decimal sign. */
const isFar = (entry: DecimalString, price: DecimalString): boolean => {
  const ratio = Number(entry) / Number(price);
  return ratio < 0.5 || ratio > 2;
};

/** A price just short of the nearest target; null without a target at a price. */
function anchorFrom(side: Side, { takeProfits = [] }: Barriers): DecimalString | null {
  const prices = takeProfits.flatMap((rung) => ('price' in rung ? [amount(rung.price)] : []));
  const [nearest] = prices.sort((a, b) => (side === 'long' ? a.cmp(b) : b.cmp(a)));
  return nearest ? decimalString(nearest.mul(side === 'long' ? 0.999_999 : 1.000_001)) : null;
}
