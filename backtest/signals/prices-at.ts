import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { indexUntil, priceText, type PriceSeries } from '../prices/price-series.ts';

/**
 * Returns the newest price of every instrument at a moment, as the pipeline knows them when it reads a post: of a candle
 * that is not over, its open. An instrument without an earlier price is left out.
 */
export function pricesAt(
  markets: ReadonlyMap<Symbol, { series: PriceSeries }>,
  t: number,
): Map<Symbol, DecimalString> {
  const prices = new Map<Symbol, DecimalString>();
  for (const [symbol, { series }] of markets) {
    const at = indexUntil(series, t);
    if (at >= 0) prices.set(symbol, priceText(series.open[at]!));
  }
  return prices;
}
