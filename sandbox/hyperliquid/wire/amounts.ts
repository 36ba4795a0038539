import { Decimal } from 'decimal.js';

/** Decimal numbers with 60 digits, so that sums and products of wire values are exact. */
export const Amount = Decimal.clone({ precision: 60, toExpNeg: -40, toExpPos: 60 });
export type Amount = Decimal;

export const ZERO: Amount = new Amount(0);
export const ONE: Amount = new Amount(1);

/** Decimals of USDC. Every booked amount is a whole number of micro-USDC. */
const USD_DECIMALS = 6;

/** Returns the value rounded to whole micro-USDC, half away from zero. */
export function toUsd(value: Amount): Amount {
  return value.toDecimalPlaces(USD_DECIMALS, Decimal.ROUND_HALF_UP);
}

/** Returns the decimal string that the venue writes: plain notation with at least one decimal (`"3.0"`, `"0.0147"`). */
export function toWire(value: Amount): string {
  return value.isInteger() ? value.toFixed(1) : value.toFixed();
}

/** Returns the number of a plain decimal text, undefined for anything else. */
export function parseDecimal(text: unknown): Amount | undefined {
  if (typeof text !== 'string' || !/^-?\d+(\.\d+)?$/.test(text)) return undefined;
  return new Amount(text);
}

export function minOf(a: Amount, b: Amount): Amount {
  return a.lt(b) ? a : b;
}

export function maxOf(a: Amount, b: Amount): Amount {
  return a.gt(b) ? a : b;
}

export function roundDown(value: Amount, decimals: number): Amount {
  return value.toDecimalPlaces(decimals, Decimal.ROUND_DOWN);
}
