import { amount, decimalString, sum, type DecimalString } from '../money.ts';
import type { Impact } from './impact.ts';

/** A source of an agent: its weight (0 to 100) and what its word was worth over the window. */
export interface WeighedSource extends Impact {
  kind: string;
  handle: string;
  weight: number;
}

/** A closed trade of the agent on a call of a source. */
export interface JudgedTrade {
  kind: string;
  handle: string;
  /** Of the signal, 0 to 1, weights included. */
  confidence: number;
  netUsd: DecimalString;
}

export interface WeightProposal extends WeighedSource {
  proposed: number;
  why: 'few_trades' | 'no_worth' | 'by_impact';
  /** Net profit of the agent's trades on it, and of those that the proposed weight would have let through. */
  earnedUsd: DecimalString;
  wouldHaveEarnedUsd: DecimalString;
}

/** A source with fewer closed trades keeps its weight. */
export const JUDGED_TRADES = 10;
/** Weight of a source that has lost money: so little that its calls are traded only when they are sure. */
export const LEAST_WEIGHT = 10;
const STEP = 5;

/**
 * Proposes a weight for each source by its shrunken impact: 100 for the best, in steps of 5 for the others, 10 for one
 * that is worth nothing. What would have been earned counts the trades whose confidence, at the proposed weight, still
 * reaches `minConfidence`.
 */
export function judgeSources(
  sources: readonly WeighedSource[],
  trades: readonly JudgedTrade[],
  minConfidence: number,
): WeightProposal[] {
  const judged = sources.filter((source) => source.trades >= JUDGED_TRADES);
  const best = Math.max(0, ...judged.map(({ shrunkImpactUsd }) => Number(shrunkImpactUsd)));
  return sources.map((source) => {
    const { proposed, why } = propose(source, best);
    const its = trades.filter(({ kind, handle }) => kind === source.kind && handle === source.handle);
    const factor = source.weight === 0 ? 0 : proposed / source.weight;
    const kept = its.filter(({ confidence }) => Math.min(1, confidence * factor) >= minConfidence);
    return { ...source, proposed, why, earnedUsd: total(its), wouldHaveEarnedUsd: total(kept) };
  });
}

function propose(source: WeighedSource, best: number): Pick<WeightProposal, 'proposed' | 'why'> {
  if (source.trades < JUDGED_TRADES) return { proposed: source.weight, why: 'few_trades' };
  const impact = amount(source.shrunkImpactUsd).toNumber();
  if (impact <= 0) return { proposed: LEAST_WEIGHT, why: 'no_worth' };
  const proposed = Math.round(((impact / best) * 100) / STEP) * STEP;
  return { proposed: Math.max(LEAST_WEIGHT, proposed), why: 'by_impact' };
}

const total = (trades: readonly JudgedTrade[]): DecimalString =>
  decimalString(sum(trades.map(({ netUsd }) => netUsd)));
