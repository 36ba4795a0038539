import { atr } from '../indicators/atr.ts';
import { bollinger } from '../indicators/bollinger.ts';
import { ema } from '../indicators/ema.ts';
import { macd } from '../indicators/macd.ts';
import { rsi } from '../indicators/rsi.ts';
import { latest } from '../indicators/series.ts';
import type { HourCandle } from './hour-candles.ts';

/** The indicators that are stored beside the score, all of hourly candles. */
export const INDICATORS = {
  ema_20: 'Exponential moving average over 20 hours, in units of the price.',
  ema_50: 'Exponential moving average over 50 hours, in units of the price.',
  rsi_14: 'Relative strength index over 14 hours (Wilder), 0 to 100.',
  macd_histogram: 'MACD 12-26 less its signal line 9, in units of the price.',
  atr_14: 'Average true range over 14 hours (Wilder), in units of the price.',
  atr_14_usual: 'Median of the average true range over the window, in units of the price.',
  bollinger_upper: 'Mean of 20 hourly closes plus 2 population deviations, in units of the price.',
  bollinger_middle: 'Mean of 20 hourly closes, in units of the price.',
  bollinger_lower: 'Mean of 20 hourly closes less 2 population deviations, in units of the price.',
} as const;
export type IndicatorName = keyof typeof INDICATORS;
export type IndicatorValues = Readonly<Record<IndicatorName, number | null>>;

/** Returns the newest value of each indicator; null where there are too few candles. */
export function indicatorValues(candles: readonly HourCandle[]): IndicatorValues {
  const closes = candles.map(({ close }) => close);
  const ranges = atr(candles);
  const bands = bollinger(closes);
  return {
    ema_20: latest(ema(closes, 20)),
    ema_50: latest(ema(closes, 50)),
    rsi_14: latest(rsi(closes)),
    macd_histogram: latest(macd(closes).histogram),
    atr_14: latest(ranges),
    atr_14_usual: median(ranges.filter((value) => value !== null)),
    bollinger_upper: latest(bands.upper),
    bollinger_middle: latest(bands.middle),
    bollinger_lower: latest(bands.lower),
  };
}

function median(values: readonly number[]): number | null {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}
