import { Decimal } from 'decimal.js';

/**
 * Amounts are decimals in memory and decimal strings on every wire and in workflow payloads. Floating point
 * never touches an amount on its way to an order; `number` is for comparing prices only.
 */
export const Amount = Decimal.clone({
  precision: 40,
  rounding: Decimal.ROUND_HALF_EVEN,
  toExpNeg: -40,
  toExpPos: 40,
});
export type Amount = Decimal;

/** A decimal number as text, e.g. `"51480"` or `"0.0025"`; never in exponent form. */
export type DecimalString = string;

const PLAIN_DECIMAL = /^-?\d+(\.\d+)?$/;

/** Returns whether the text is a plain decimal number: no exponent, no sign but a leading minus. */
export const isDecimalString = (text: string): text is DecimalString => PLAIN_DECIMAL.test(text);

const TOO_LARGE = new Amount('1e20');
const MOST_DECIMALS = 18;

/** Returns whether the database can hold an amount without loss: below 10^20, at most 18 decimals. */
export const isBookable = (value: DecimalString): boolean => {
  const read = new Amount(value);
  return read.abs().lt(TOO_LARGE) && read.decimalPlaces() <= MOST_DECIMALS;
};

/** Texts that were read lately, with their amounts, which never change: a price is read many times in one decision. */
const lately = new Map<DecimalString, Amount>();
const MAX_LATELY = 512;

/** Reads an amount; throws `RangeError` on anything that is not a finite number. */
export function amount(value: Amount | DecimalString | number): Amount {
  if (typeof value === 'string') return lately.get(value) ?? readText(value);
  // A decimal of another precision becomes one of ours; ours never change, and need no copy.
  const parsed = typeof value === 'object' && value.constructor === Amount ? value : new Amount(value);
  if (!parsed.isFinite()) throw new RangeError(`not an amount: ${JSON.stringify(value)}`);
  return parsed;
}

function readText(text: DecimalString): Amount {
  if (!isDecimalString(text)) throw new RangeError(`not an amount: ${JSON.stringify(text)}`);
  const parsed = new Amount(text);
  if (lately.size === MAX_LATELY) lately.clear();
  lately.set(text, parsed);
  return parsed;
}

/** Returns an amount as a plain decimal string without trailing zeros: `51480`, `0.0025`, `0`. */
export const decimalString = (value: Amount): DecimalString => {
  const text = value.toFixed();
  return text === '-0' ? '0' : text;
};

/** Returns the amount rounded towards zero to a whole multiple of `step`, e.g. a size to its lot. */
export const floorTo = (value: Amount, step: Amount): Amount => value.div(step).trunc().mul(step);

/** Returns the total; the sum of nothing is zero. */
export const sum = (values: readonly (Amount | DecimalString)[]): Amount =>
  values.reduce<Amount>((total, value) => total.add(value), new Amount(0));

export const ZERO = new Amount(0);
