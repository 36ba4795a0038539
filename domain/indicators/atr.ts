import { wilder } from './rsi.ts';
import type { Series } from './series.ts';

export interface Range {
  high: number;
  low: number;
  close: number;
}

/**
 * Returns the average true range in units of the price: Wilder's average of max(high - low, |high - close before|,
 * |low - close before|). The first candle has none, because it has no close before. Source: TA-Lib, `ta_ATR.c`.
 */
export function atr(candles: readonly Range[], period = 14): Series {
  const ranges = candles.slice(1).map(({ high, low }, index) => {
    const before = candles[index]?.close ?? NaN;
    return Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
  });
  return candles.length === 0 ? [] : [null, ...wilder(ranges, period)];
}
