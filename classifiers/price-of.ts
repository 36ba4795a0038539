import type { Symbol } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';

/** Returns the price of an instrument, or null; that of a coin quoted in thousands is brought down to the single coin. */
export function priceOf(symbol: Symbol, prices: ReadonlyMap<Symbol, DecimalString>): DecimalString | null {
  const thousands = prices.get(`k${symbol}`);
  return prices.get(symbol) ?? (thousands === undefined ? null : decimalString(amount(thousands).div(1_000)));
}
