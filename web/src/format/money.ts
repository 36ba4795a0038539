const NOTHING = '–';

/** Decimal text as the API sends it; null where there is none. */
export type Decimal = string | null;

/** Numbers are formatted from their text, digit by digit: they never pass through a float. */
const exactly = (format: Intl.NumberFormat, text: string): string =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API sends decimal numbers as text
  format.format(text as Intl.StringNumericLiteral).replace('-', '−');

const USD = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SIGNED_USD = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const PRICE = new Intl.NumberFormat('en', {
  minimumSignificantDigits: 5,
  maximumSignificantDigits: 5,
  minimumFractionDigits: 0,
  maximumFractionDigits: 0,
  roundingPriority: 'morePrecision',
});
const SIZE = new Intl.NumberFormat('en', { maximumSignificantDigits: 8 });
const PERCENT = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const SIGNED_PERCENT = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const RATIO = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** `1234.5` as `1,234.50`. */
export const usd = (text: Decimal): string => (text === null ? NOTHING : exactly(USD, text));

/** `12.5` as `+12.50`, `-3` as `−3.00`. */
export const signedUsd = (text: Decimal): string => (text === null ? NOTHING : exactly(SIGNED_USD, text));

/** A price with five significant digits, or all digits before the point where there are more. */
export const price = (text: Decimal): string => (text === null ? NOTHING : exactly(PRICE, text));

/** A size with at most eight significant digits. */
export const size = (text: Decimal): string => (text === null ? NOTHING : exactly(SIZE, text));

/** `3.456` as `3.46 %`. */
export const percent = (value: number | null): string =>
  value === null ? NOTHING : `${PERCENT.format(value).replace('-', '−')} %`;

/** `3.456` as `+3.46 %`. */
export const signedPercent = (value: number | null): string =>
  value === null ? NOTHING : `${SIGNED_PERCENT.format(value).replace('-', '−')} %`;

const WHOLE_PERCENT = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 0 });

/** A confidence from 0 to 1 in whole percent. */
export const confidence = (value: number): string => WHOLE_PERCENT.format(value).replace('%', ' %');

/** A share from 0 to 1 as a percentage. */
export const share = (value: number | null): string => percent(value === null ? null : value * 100);

/** A ratio, such as the Sharpe ratio, with two digits. */
export const ratio = (value: number | null): string =>
  value === null ? NOTHING : RATIO.format(value).replace('-', '−');

/** Returns whether an amount is above, below or at zero; 0 where there is none. */
export function signOf(text: Decimal): -1 | 0 | 1 {
  if (text === null || !/[1-9]/.test(text)) return 0;
  return text.startsWith('-') ? -1 : 1;
}

/** Decimals that sums are computed with; more than any amount of the API has. */
const SCALE = 20;

/** Returns the sum of amounts, exact to the last digit; what is null is left out. */
export function sumOf(amounts: readonly Decimal[]): string {
  const total = amounts.reduce((sum, text) => (text === null ? sum : sum + scaled(text)), 0n);
  const digits = String(total < 0n ? -total : total).padStart(SCALE + 1, '0');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -SCALE)}.${digits.slice(-SCALE)}`;
}

function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole + fraction.padEnd(SCALE, '0').slice(0, SCALE));
  return text.startsWith('-') ? -value : value;
}
