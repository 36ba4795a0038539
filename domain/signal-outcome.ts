import type { TradePhase } from './trade-phases.ts';

/**
 * What became of a signal in all deployments together.
 * - `pending`: not offered to every deployment yet, or a trade is on its way to its entry.
 * - `executed`: at least one trade was entered.
 * - `skipped`: nobody traded it; the skips say why.
 * - `expired`: nobody traded it, because its time was over.
 */
export const SIGNAL_OUTCOMES = ['pending', 'executed', 'skipped', 'expired'] as const;
export type SignalOutcome = (typeof SIGNAL_OUTCOMES)[number];

/** The records of a signal that its outcome follows from. */
export interface SignalFate {
  /** Epoch ms. */
  expiresAt: number;
  /** When every deployment had its trade started; null until then. */
  fannedOutAt: number | null;
  /** Phases that its trades are in. */
  phases: readonly TradePhase[];
  /** Codes for which it was skipped, by trades and before them. A call that repeats it is no skip of it. */
  codes: readonly string[];
}

const UNDER_WAY: readonly TradePhase[] = ['routing', 'opening'];

/** Returns what became of a signal by now. */
export function signalOutcome(
  { expiresAt, fannedOutAt, phases, codes }: SignalFate,
  now: number,
): SignalOutcome {
  const skips = codes.filter((code) => code !== 'duplicate_signal');
  if (phases.some((phase) => phase !== 'skipped' && !UNDER_WAY.includes(phase))) return 'executed';
  if (phases.some((phase) => UNDER_WAY.includes(phase))) return 'pending';
  const isOffered = fannedOutAt !== null && (phases.length > 0 || skips.length > 0);
  if (!isOffered) return now < expiresAt ? 'pending' : 'expired';
  return skips.every((code) => code === 'stale') ? 'expired' : 'skipped';
}
