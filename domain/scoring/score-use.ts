import type { Side } from '../ids.ts';
import { scoreOf, type InputWeights } from './market-score.ts';
import type { ScorePart } from './score-parts.ts';

/** What an agent lets the market score do: nothing, scale its equity percent, refuse trades, or both. */
export const SCORE_USES = ['off', 'scale', 'veto', 'scale_and_veto'] as const;
export type ScoreUse = (typeof SCORE_USES)[number];

/** Six hours, after which the next score is computed. */
export const SCORE_PERIOD_MS = 6 * 3_600_000;
/** A score whose prices are older is not believed any more: two periods, and what a run may take. */
export const MAX_SCORE_AGE_MS = 2 * SCORE_PERIOD_MS + 3_600_000;
/** An unknown score sizes a trade no larger than this one. */
export const UNKNOWN_SCORE = 0.5;
/** Where a score sizes a trade that it may not refuse, it counts as at least this. */
export const LEAST_SCALED_SCORE = 0.1;

/** The newest score of a market that was known, as it was stored. */
export interface StoredScore {
  parts: readonly ScorePart[];
  /** Time of the newest price in it, in epoch ms. */
  pricedAt: number;
}

/** The part that the market score plays in one trade. */
export interface UsedScore {
  /** For the side of the trade; null where it is unknown. */
  value: number | null;
  /** The score by which the trade is sized or refused; null where it plays no part. */
  sizedBy: number | null;
  /** One sentence for people. */
  text: string;
}

/**
 * Returns the part that the score plays in a trade. A score that is missing, or older than {@link MAX_SCORE_AGE_MS},
 * is unknown: it refuses nothing, and sizes by the last known score or by {@link UNKNOWN_SCORE}, whichever is less, so
 * that no trade is larger because a score is missing.
 */
export function useScore(
  { use, weights }: { use: ScoreUse; weights: InputWeights },
  stored: StoredScore | null,
  { side, now }: { side: Side; now: number },
): UsedScore {
  const last = stored && scoreOf(stored.parts, side, weights).value;
  if (use === 'off') return { value: last, sizedBy: null, text: 'The agent uses no market score.' };
  const isFresh = stored !== null && now - stored.pricedAt <= MAX_SCORE_AGE_MS;
  return isFresh && last !== null ? useKnown(use, last) : useUnknown(use, last);
}

function useKnown(use: ScoreUse, value: number): UsedScore {
  const shown = value.toFixed(2);
  if (value <= 0 && use !== 'scale')
    return { value, sizedBy: value, text: `The market score is ${shown}, which refuses the trade.` };
  if (use === 'veto') return { value, sizedBy: null, text: `The market score is ${shown}: no objection.` };
  const sizedBy = Math.max(value, LEAST_SCALED_SCORE);
  return {
    value,
    sizedBy,
    text: `The market score is ${shown}, and the size follows ${sizedBy.toFixed(2)}.`,
  };
}

function useUnknown(use: ScoreUse, last: number | null): UsedScore {
  if (use === 'veto')
    return { value: null, sizedBy: null, text: 'The market score is unknown: no objection.' };
  const sizedBy = Math.max(Math.min(last ?? UNKNOWN_SCORE, UNKNOWN_SCORE), LEAST_SCALED_SCORE);
  return {
    value: null,
    sizedBy,
    text: `The market score is unknown, and the size follows ${sizedBy.toFixed(2)}.`,
  };
}
