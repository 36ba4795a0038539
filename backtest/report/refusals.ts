import { REFUSALS } from '#domain/reasons.ts';
import { BACKTEST_REFUSALS, type BacktestRefusalCode, type UntradedSignal } from '../result.ts';

/** Signals that were not traded for one reason. */
export interface RefusalRow {
  code: BacktestRefusalCode;
  /** The reason in a sentence. */
  reason: string;
  signals: number;
  /** Of the signals that were not traded, 0 to 1. */
  share: number;
  /** The particulars of the first one. */
  example: string;
}

/** Returns why signals were not traded, the most frequent reason first. */
export function refusalRows(untraded: readonly UntradedSignal[]): RefusalRow[] {
  const byCode = Map.groupBy(untraded, ({ code }) => code);
  return [...byCode]
    .map(([code, signals]) => ({
      code,
      reason: REASONS[code],
      signals: signals.length,
      share: signals.length / untraded.length,
      example: signals[0]?.text ?? '',
    }))
    .sort((a, b) => b.signals - a.signals);
}

const REASONS: Readonly<Record<BacktestRefusalCode, string>> = { ...REFUSALS, ...BACKTEST_REFUSALS };
