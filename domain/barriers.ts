import type { DecimalString } from './money.ts';

/** A price given outright, or as percent of the entry price (of price, never of margin). */
export type Level = { pct: number } | { price: DecimalString };

/** One rung of the ladder: closes `fraction` of the opened size when its level is touched. */
export type TakeProfit = Level & { fraction: number };

/** Once profit has reached `activatesAtPct` of entry, the stop follows the peak at `distancePct` of the peak. */
export interface TrailingStep {
  activatesAtPct: number;
  distancePct: number;
}

/**
 * The exits of a position as a signal carries them; every part is optional.
 * The reference semantics stand in docs/barriers.md and in `exit-engine.ts`.
 */
export interface Barriers {
  stopLoss?: Level;
  /** 1 to 5 rungs whose fractions add up to at most 1. */
  takeProfits?: TakeProfit[];
  /** After take-profit number `afterTakeProfit` (1 = first) the stop moves to entry plus `offsetPct` of it. */
  breakEven?: { afterTakeProfit: number; offsetPct: number };
  /** Steps in rising order of activation; the last step reached rules. */
  trailing?: TrailingStep[];
  timeLimitMs?: number;
}

export const EXIT_REASONS = [
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'break_even',
  'time_limit',
  'exit_signal',
  'force_close',
  'emergency',
  'liquidation',
  'closed_at_venue',
] as const;
/** Why (a part of) a position was closed. */
export type ExitReason = (typeof EXIT_REASONS)[number];

export const MAX_TAKE_PROFITS = 5;
export const DEFAULT_STOP_LOSS_PCT = 5;
export const DEFAULT_TRAILING: readonly Readonly<TrailingStep>[] = [{ activatesAtPct: 0, distancePct: 1 }];
export const DEFAULT_TIME_LIMIT_MS = 24 * 60 * 60 * 1000;
export const DEFAULT_BREAK_EVEN_AFTER = 1;

/** What holds where neither the signal nor its agent says otherwise; `breakEven` needs the venue's fees. */
export const defaultBarriers = (roundTripFeePct = 0): Barriers => ({
  stopLoss: { pct: DEFAULT_STOP_LOSS_PCT },
  breakEven: { afterTakeProfit: DEFAULT_BREAK_EVEN_AFTER, offsetPct: roundTripFeePct },
  trailing: DEFAULT_TRAILING.map((step) => ({ ...step })),
  timeLimitMs: DEFAULT_TIME_LIMIT_MS,
});
