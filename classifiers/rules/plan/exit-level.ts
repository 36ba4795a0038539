import type { Level } from '#domain/barriers.ts';
import { direction } from '#domain/ids.ts';
import { amount, decimalString, type Amount } from '#domain/money.ts';
import type { WrittenLevel } from '../levels/level.ts';
import type { Context } from './written.ts';

/** The side of the entry that a level lies on (1 is the winning one), and the largest percent that it may be away. */
interface Bounds {
  sign: 1 | -1;
  maxPct: number;
}

/** A level as the exits take it; null when it cannot be one, or the price is missing that it is measured from. */
export function toLevel(
  { number, isRoi }: WrittenLevel,
  { sign, maxPct }: Bounds,
  context: Context,
): Level | null {
  const { unit, value } = number;
  if (unit === 'plain') return { price: value };
  if (unit === 'percent') {
    if (isRoi && context.leverage === null) return null;
    const pct = isRoi
      ? Number(
          decimalString(
            amount(value)
              .div(context.leverage ?? 1)
              .toSignificantDigits(12),
          ),
        )
      : Number(value);
    return pct <= maxPct ? { pct } : null;
  }
  const step = unit === 'pips' || unit === 'points' ? stepOf(context, unit) : null;
  const from = context.entry ?? context.price;
  if (step === null || from === null) return null;
  return {
    price: decimalString(
      amount(from).add(
        amount(value)
          .mul(step)
          .mul(sign * direction(context.side)),
      ),
    ),
  };
}

/** How much a pip or a point of the instrument is; null where the trade has no such word. */
function stepOf({ symbol }: Context, unit: 'pips' | 'points'): Amount | null {
  const [base = '', quote] = symbol.split('-');
  const isCurrency = quote !== undefined && /^[A-Z]{3}$/u.test(base) && !['DAX', 'NIK', 'HSI'].includes(base);
  if (isCurrency) return unit === 'pips' ? amount(quote === 'JPY' ? '0.01' : '0.0001') : null;
  if (unit === 'points') return amount('1');
  if (base === 'XAU') return amount('0.1');
  if (base === 'XAG') return amount('0.01');
  return quote !== undefined || ['DJI', 'NDX', 'SPX500', 'DAX', 'FTSE', 'NIK', 'HSI'].includes(base)
    ? amount('1')
    : null;
}
