import type { Side } from '../ids.ts';
import { LEAST_COVERAGE, type HourCandles } from './hour-candles.ts';
import { indicatorValues, type IndicatorValues } from './indicator-values.ts';
import { isScorePart, SCORE_PARTS, type ScoreInput, type ScorePart } from './score-parts.ts';
import { socialPart, type SocialFacts } from './social-part.ts';
import {
  liquidityPart,
  momentumPart,
  positioningPart,
  trendPart,
  volatilityPart,
  type MarketActivity,
} from './venue-parts.ts';

/** Version of the formulas; a change of any of them raises it. */
export const SCORE_VERSION = 1;
/** A score of which less than this share of the weights is known is unknown. */
export const LEAST_KNOWN = 0.6;

/** Everything a market score is computed from. */
export interface ScoreFacts {
  hours: HourCandles;
  activity: MarketActivity;
  /** By the run a day before; null without one. */
  openInterestUsdBefore: number | null;
  /** Null where no service is asked, which lowers no coverage. */
  social: SocialFacts | null;
}

/** A market score with what it was computed from. */
export interface MarketScore {
  version: number;
  parts: readonly ScorePart[];
  /** Share of the finished hours that have a candle. */
  candleCoverage: number;
  indicators: IndicatorValues;
}

/** How much each kind of input counts, 0 to 100. */
export type InputWeights = Readonly<Record<ScoreInput, number>>;
export const FULL_WEIGHTS: InputWeights = { indicators: 100, social: 100 };

/** Computes the parts of a market's score. With too few candles what needs them is unknown. */
export function marketScore({ hours, activity, openInterestUsdBefore, social }: ScoreFacts): MarketScore {
  const candles = hours.coverage < LEAST_COVERAGE ? [] : hours.candles;
  const indicators = indicatorValues(candles);
  const close = candles.at(-1)?.close ?? null;
  return {
    version: SCORE_VERSION,
    candleCoverage: hours.coverage,
    indicators,
    parts: [
      trendPart(indicators),
      momentumPart(indicators, close),
      volatilityPart(indicators),
      liquidityPart(candles, activity),
      positioningPart(candles, activity, openInterestUsdBefore),
      ...(social ? [socialPart(social)] : []),
    ],
  };
}

/** A score for one side of a market. */
export interface SideScore {
  /** -1 to 1, to four decimals; null where it is unknown. */
  value: number | null;
  /** Share of the weights that is known, 0 to 1. */
  coverage: number;
  /** What each part adds to the value; null for one that is unknown. */
  contributions: readonly { name: ScorePart['name']; weight: number; adds: number | null }[];
}

/**
 * Weighs the parts for one side: the mean of the known parts by their weights, where a directional part counts the
 * other way round for a short position. Unknown below {@link LEAST_KNOWN} of the weights.
 */
export function scoreOf(
  parts: readonly ScorePart[],
  side: Side,
  weights: InputWeights = FULL_WEIGHTS,
): SideScore {
  // What another version has stored must not stop a trade.
  const weighed = parts.filter(isScorePart).map(({ name, value }) => {
    const { weight, isDirectional, input } = SCORE_PARTS[name];
    const ofSide = value !== null && isDirectional && side === 'short' ? 0 - value : value;
    return { name, weight: (weight * weights[input]) / 100, value: ofSide };
  });
  const whole = weightOf(weighed);
  const known = weightOf(weighed.filter(({ value }) => value !== null));
  const contributions = weighed.map(({ name, weight, value }) => ({
    name,
    weight,
    adds: value === null || known === 0 ? null : (weight * value) / known,
  }));
  const coverage = whole === 0 ? 0 : known / whole;
  const total = contributions.reduce((sum, { adds }) => sum + (adds ?? 0), 0);
  return { value: coverage < LEAST_KNOWN ? null : Number(total.toFixed(4)) + 0, coverage, contributions };
}

const weightOf = (parts: readonly { weight: number }[]): number =>
  parts.reduce((total, { weight }) => total + weight, 0);
