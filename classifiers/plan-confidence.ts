import type { Barriers } from '#domain/barriers.ts';
import type { TradeIdea } from './classifier.ts';

/** A plan as far as it is written. */
export interface WrittenPlan extends Pick<TradeIdea, 'entry' | 'leverage'> {
  barriers: Barriers;
}

/** A bare call is 0.6; what a careful author adds raises it, a stop together with targets most. */
export function planConfidence({ barriers, entry, leverage }: WrittenPlan): number {
  const parts = [
    0.6,
    barriers.stopLoss ? 0.12 : 0,
    barriers.takeProfits ? 0.1 : 0,
    barriers.stopLoss && barriers.takeProfits ? 0.08 : 0,
    barriers.trailing ? 0.08 : 0,
    entry === null ? 0 : 0.06,
    leverage === null ? 0 : 0.02,
  ];
  return parts.reduce((sum, part) => sum + part, 0);
}

/** A confidence lies between 0 and 1 and has two decimals. */
export const round = (confidence: number): number =>
  Math.round(Math.min(Math.max(confidence, 0), 1) * 100) / 100;
