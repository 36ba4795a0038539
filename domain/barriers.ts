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
