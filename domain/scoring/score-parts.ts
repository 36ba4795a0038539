/**
 * The parts of a market score, each -1 to 1. A directional part speaks for rising prices and against falling ones; the
 * others speak for trading at all, whatever the side. docs/scoring.md explains them.
 */
export const SCORE_PARTS = {
  trend: {
    weight: 35,
    isDirectional: true,
    input: 'indicators',
    formula:
      'mean of (EMA 20 - EMA 50) / (2 x ATR 14) and MACD histogram / (ATR 14 / 2), each cut to -1..1; hours',
  },
  momentum: {
    weight: 25,
    isDirectional: true,
    input: 'indicators',
    formula:
      'mean of (RSI 14 - 50) / 25 and (close - middle band) / (upper - middle band), each cut to -1..1; hours',
  },
  volatility: {
    weight: 15,
    isDirectional: false,
    input: 'indicators',
    formula: '1 - ATR 14 / its median over the window, cut to -1..1',
  },
  liquidity: {
    weight: 15,
    isDirectional: false,
    input: 'indicators',
    formula:
      'the lesser of log2(volume of 24 h / usual volume of 24 h) and log10(24 h volume in USD / 1,000,000), cut to -1..1',
  },
  positioning: {
    weight: 10,
    isDirectional: true,
    input: 'indicators',
    formula:
      'mean of -funding per hour / 0.01 % and (change of the price in 24 h: +1 or -1) x change of the open interest in 24 h / 10 %, each cut to -1..1',
  },
  social: {
    weight: 20,
    isDirectional: true,
    input: 'social',
    formula:
      'mean of (sentiment - 50) / 25, (galaxy score - 50) / 25 and 1 - 2 x alt rank / number of coins, each cut to -1..1',
  },
} as const satisfies Record<string, PartDefinition>;

export type ScorePartName = keyof typeof SCORE_PARTS;
/** Kinds of input, which an agent can weigh against each other. */
export type ScoreInput = 'indicators' | 'social';

interface PartDefinition {
  /** Its share in the score, against the other parts that are known. */
  weight: number;
  isDirectional: boolean;
  input: ScoreInput;
  formula: string;
}

/** One part of the score of a market. */
export interface ScorePart {
  name: ScorePartName;
  /** -1 to 1, for a long position where it is directional; null where it is unknown. */
  value: number | null;
  /** The numbers that it was computed from; null for those that are missing. */
  inputs: Readonly<Record<string, number | null>>;
}

/** Returns whether a part is one of these formulas: a row of another version may hold others. */
export const isScorePart = (part: { name: string }): part is ScorePart =>
  Object.hasOwn(SCORE_PARTS, part.name);

/** Cuts a number to -1..1; null where it is missing or no number. */
export function cut(value: number | null): number | null {
  if (value === null || Number.isNaN(value)) return null;
  return Math.min(1, Math.max(-1, value));
}

/** Returns the mean of the numbers that are known; null when none is. */
export function meanOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0) / known.length;
}

/** Returns left / right; null when either is missing, and 0 of nothing per nothing: a market that stands still. */
export function ratio(left: number | null, right: number | null): number | null {
  if (left === null || right === null) return null;
  return left === 0 && right === 0 ? 0 : left / right;
}
