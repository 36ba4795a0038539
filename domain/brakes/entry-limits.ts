import type { DecimalString } from '../money.ts';

/**
 * Limits of the entries of a deployment, or of all deployments together. What is left out is not limited. Amounts are in
 * USD, times in ms.
 */
export interface EntryLimits {
  /** Value of all that is open and ordered, the new trade included. */
  maxGrossUsd?: DecimalString;
  /** The same in one instrument, at all venues. */
  maxInstrumentUsd?: DecimalString;
  /** Loss since midnight (UTC): of the trades that ended, and what is lost on open ones now. Ends at midnight. */
  maxDailyLossUsd?: DecimalString;
  /** Fall of the profit from its highest in 30 days, open losses included. Ends when a person releases it. */
  maxDrawdownUsd?: DecimalString;
  /** So many losing trades one after another stop entries for `pauseMs` after the last one. */
  lossStreak?: { losses: number; pauseMs: number };
  /** So many stops that closed at a loss within `withinMs` stop entries for `pauseMs` after the last one. */
  stopGuard?: { stops: number; withinMs: number; pauseMs: number };
  /** Entries in 60 s. */
  maxEntriesPerMinute?: number;
}
