import { amount, decimalString, type Amount, type DecimalString } from '#domain/money.ts';

/** `pips` and `points` are distances in the instrument's own steps, `risk` is a multiple of the way to the stop (`2R`). */
export type NumberUnit = 'plain' | 'percent' | 'times' | 'pips' | 'points' | 'risk';

/** A number as written in a post. */
export interface WrittenNumber {
  /** Positive, with `k` and `m` multiplied out. */
  value: DecimalString;
  unit: NumberUnit;
  /** The factor of a `k` or `m`; 1 without. */
  scale: number;
  /** Written with a currency sign. */
  money: boolean;
  /** A second meaning of the digits: `155.000` is 155 or 155,000, and the market tells which. */
  other: DecimalString | null;
}

const MAX_DIGITS = 15;
const SCALES: Record<string, number> = { k: 1e3, m: 1e6, mn: 1e6, b: 1e9, bn: 1e9 };
const MINUTES = 60;

/** Which of dot and comma parts thousands and which decimals; a post keeps to one way of writing. */
export type NumberStyle = 'dot' | 'comma';

/**
 * The decimal sign of a text: a comma when some number proves it (`41.000,50`, `1.250.000`) or when all numbers
 * with a dot read like thousands (`42.000`, `41.500`); otherwise a dot.
 */
export function numberStyle(text: string): NumberStyle {
  if (/\d\.\d{3},\d|\d\.\d{3}\.\d{3}/u.test(text)) return 'comma';
  const dotted = (text.match(/\d+\.\d+/gu) ?? []).filter((each) => !/^0+\./u.test(each));
  const likeThousands = dotted.length > 0 && dotted.every((each) => /^[1-9]\d{0,2}\.\d{3}$/u.test(each));
  return likeThousands && dotted.some((each) => each.endsWith('000')) ? 'comma' : 'dot';
}

/** Reads the digits and the ending of a number; null when it is not one to trade by (0, too long, a duration). */
export function readNumber(
  written: { digits: string; suffix: string; money: boolean },
  style: NumberStyle,
): WrittenNumber | null {
  const { digits, money } = written;
  const suffix = written.suffix.trim().toLowerCase();
  const plain = toPlain(digits, style);
  if (plain.replace('.', '').length > MAX_DIGITS) return null;
  const bare = amount(plain);
  if (bare.isZero()) return null;
  // "15m" is a chart, "$15m" and "1.2m" are amounts.
  if (suffix === 'm' && !money && bare.isInteger() && bare.lte(MINUTES)) return null;
  const scale = SCALES[suffix] ?? 1;
  const unit = unitOf(suffix);
  const other = suffix === '' || unit === 'points' ? otherReading(digits, bare) : null;
  return { value: decimalString(bare.mul(scale)), unit, scale, money, other };
}

function unitOf(suffix: string): NumberUnit {
  if (suffix === '%') return 'percent';
  if (suffix === 'x') return 'times';
  if (suffix === 'r') return 'risk';
  if (suffix.startsWith('pip')) return 'pips';
  return /^(?:point|pt|tick)/u.test(suffix) ? 'points' : 'plain';
}

/** One sign and three digits behind it: thousands, or decimals of which there happen to be three. */
function otherReading(digits: string, read: Amount): DecimalString | null {
  if (!/^[1-9]\d{0,2}[.,]\d{3}$/u.test(digits)) return null;
  const [grouped, decimal] = [amount(digits.replace(/[.,]/u, '')), amount(digits.replace(',', '.'))];
  return decimalString(read.eq(grouped) ? decimal : grouped);
}

function toPlain(digits: string, style: NumberStyle): string {
  const text = digits.replaceAll("'", '');
  const thousands = style === 'comma' ? '.' : ',';
  if (!text.includes(thousands)) return keepFirstDot(text.replace(',', '.').replaceAll(',', ''));
  const [whole = '', ...groups] = text.split(thousands);
  const isGrouped = !whole.startsWith('0') && groups.every((group) => /^\d{3}(?:[.,]\d+)?$/u.test(group));
  return keepFirstDot(
    (isGrouped ? [whole, ...groups].join('') : `${whole}.${groups.join('')}`).replace(',', '.'),
  );
}

const keepFirstDot = (text: string): string => {
  const [whole = '', ...rest] = text.split('.');
  return rest.length === 0 ? whole : `${whole}.${rest.join('')}`;
};
