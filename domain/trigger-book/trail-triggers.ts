import type { ResolvedTrailingStep } from '../barriers.ts';
import { direction, type Side } from '../ids.ts';
import type { DecimalString } from '../money.ts';
import { justAbove } from './just-above.ts';
import type { Triggers } from './trigger-book.ts';

/** A stepped trail and its peak. */
export interface Trail {
  steps: readonly ResolvedTrailingStep[];
  side: Side;
  entryPrice: DecimalString;
  /** Best price so far. */
  peak: DecimalString;
}

/**
 * Returns the triggers of a trail: the distance of the step in force, by the rule of `trailingStopFor`, and the price
 * at which the next step takes over.
 */
export function trailTriggers(trail: Trail): Pick<Triggers, 'trailPct' | 'better'> {
  const { steps, side } = trail;
  const sign = direction(side);
  const [peak, entry] = [sign * Number(trail.peak), sign * Number(trail.entryPrice)];
  const reached = peak > entry ? steps.findLastIndex((step) => sign * Number(step.activatesAt) <= peak) : -1;
  const next = steps[reached + 1];
  return {
    trailPct: steps[reached]?.distancePct ?? null,
    better: next ? sign * Math.max(sign * Number(next.activatesAt), justAbove(entry)) : null,
  };
}
