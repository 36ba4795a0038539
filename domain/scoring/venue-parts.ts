import type { HourCandle } from './hour-candles.ts';
import type { IndicatorValues } from './indicator-values.ts';
import { cut, meanOfKnown, ratio, type ScorePart } from './score-parts.ts';

/** What a venue says of a market beside its candles; null where it does not say. */
export interface MarketActivity {
  /** Share of a long position's value that it pays in an hour: 0.0001 is 0.01 %. */
  fundingPerHour: number | null;
  openInterestUsd: number | null;
  /** Traded in the last 24 hours. */
  dayVolumeUsd: number | null;
}

export const NO_ACTIVITY: MarketActivity = {
  fundingPerHour: null,
  openInterestUsd: null,
  dayVolumeUsd: null,
};

const DAY_HOURS = 24;
/** Funding of an hour that counts in full. */
const FULL_FUNDING = 0.0001;
/** Change of the open interest that counts in full. */
const FULL_INTEREST_CHANGE = 0.1;
/** Volume of a day that is neither much nor little, in USD. */
const FAIR_VOLUME_USD = 1_000_000;

/** Where the averages of the prices lead. */
export function trendPart(indicators: IndicatorValues): ScorePart {
  const { ema_20, ema_50, macd_histogram, atr_14 } = indicators;
  const spread = cut(ratio(minus(ema_20, ema_50), times(atr_14, 2)));
  const turn = cut(ratio(macd_histogram, times(atr_14, 0.5)));
  const value = spread === null || turn === null ? null : meanOfKnown([spread, turn]);
  return { name: 'trend', value, inputs: { ema_20, ema_50, macd_histogram, atr_14 } };
}

/** How hard the price is going. */
export function momentumPart(indicators: IndicatorValues, close: number | null): ScorePart {
  const { rsi_14, bollinger_upper, bollinger_middle } = indicators;
  const strength = cut(ratio(minus(rsi_14, 50), 25));
  const place = cut(ratio(minus(close, bollinger_middle), minus(bollinger_upper, bollinger_middle)));
  const value = strength === null || place === null ? null : meanOfKnown([strength, place]);
  return { name: 'momentum', value, inputs: { rsi_14, close, bollinger_middle, bollinger_upper } };
}

/** How calm the market is, against its own usual. */
export function volatilityPart({ atr_14, atr_14_usual }: IndicatorValues): ScorePart {
  const wildness = atr_14 === 0 && atr_14_usual === 0 ? 1 : ratio(atr_14, atr_14_usual);
  return { name: 'volatility', value: cut(minus(1, wildness)), inputs: { atr_14, atr_14_usual } };
}

/** How much is traded, against its own usual and in USD. A day without any volume counts as -1. */
export function liquidityPart(
  candles: readonly HourCandle[],
  { dayVolumeUsd }: Pick<MarketActivity, 'dayVolumeUsd'>,
): ScorePart {
  const hours = candles.map(({ volume }) => volume);
  const total = totalOf(hours);
  const usual = hours.length < DAY_HOURS || total === null ? null : (total / hours.length) * DAY_HOURS;
  const day = hours.length < DAY_HOURS ? null : totalOf(hours.slice(-DAY_HOURS));
  const ofUsual = usual === 0 ? -1 : cut(map(ratio(day, usual), Math.log2));
  const inUsd = cut(map(ratio(dayVolumeUsd, FAIR_VOLUME_USD), Math.log10));
  const known = [ofUsual, inUsd].filter((each) => each !== null);
  return {
    name: 'liquidity',
    value: known.length === 0 ? null : Math.min(...known),
    inputs: { volume_24h: day, usual_volume_24h: usual, volume_24h_usd: dayVolumeUsd },
  };
}

/** Who pays whom, and whether new money follows the price. */
export function positioningPart(
  candles: readonly HourCandle[],
  { fundingPerHour, openInterestUsd }: MarketActivity,
  openInterestUsdBefore: number | null,
): ScorePart {
  const funding = cut(ratio(times(fundingPerHour, -1), FULL_FUNDING));
  // Nothing can be said of a growth from nothing.
  const change = openInterestUsdBefore === 0 ? null : minus(ratio(openInterestUsd, openInterestUsdBefore), 1);
  const rise = dayChange(candles);
  const followed = rise === null ? null : times(cut(ratio(change, FULL_INTEREST_CHANGE)), Math.sign(rise));
  return {
    name: 'positioning',
    value: meanOfKnown([funding, followed]),
    inputs: {
      funding_per_hour: fundingPerHour,
      open_interest_usd: openInterestUsd,
      open_interest_usd_24h_ago: openInterestUsdBefore,
      price_change_24h: rise,
    },
  };
}

function dayChange(candles: readonly HourCandle[]): number | null {
  const [now, then] = [candles.at(-1)?.close ?? null, candles.at(-1 - DAY_HOURS)?.close ?? null];
  return minus(ratio(now, then), 1);
}

const totalOf = (values: readonly (number | null)[]): number | null =>
  values.reduce<number | null>(
    (total, value) => (total === null || value === null ? null : total + value),
    0,
  );

const minus = (left: number | null, right: number | null): number | null =>
  left === null || right === null ? null : left - right;

const times = (value: number | null, by: number): number | null => (value === null ? null : value * by);

const map = (value: number | null, change: (value: number) => number): number | null =>
  value === null ? null : change(value);
