import type { DecimalString } from '../money.ts';
import { maxDrawdown, maxDrawdownShare } from './drawdown.ts';
import {
  aprPct,
  calmar,
  dailyReturns,
  growthCurve,
  profitCurve,
  sharpe,
  sortino,
  type DayResult,
} from './returns.ts';
import { tradeNumbers, type TradeNumbers, type TradeSums } from './trade-sums.ts';

/** Sums of money over a window, in USD. Net is gross - fees + funding. */
export interface MoneySums {
  grossUsd: DecimalString;
  feesUsd: DecimalString;
  fundingUsd: DecimalString;
  netUsd: DecimalString;
  volumeUsd: DecimalString;
}

/** Numbers of daily returns; null where no equity is known, or where there is nothing to divide by. */
export interface ReturnNumbers {
  days: number;
  aprPct: number | null;
  sharpe: number | null;
  sortino: number | null;
  calmar: number | null;
  maxDrawdownUsd: DecimalString;
  maxDrawdownPct: number | null;
  maxDrawdownDays: number;
}

/** How trading went in a window. Each name is defined in `METRICS`. */
export type Performance = MoneySums & TradeNumbers & ReturnNumbers;

/** Returns how trading went: sums of money and trades, and every day of the window in order. */
export const performanceOf = (
  money: MoneySums,
  trades: TradeSums,
  days: readonly DayResult[],
): Performance => ({
  ...money,
  ...tradeNumbers(trades),
  ...returnNumbers(days),
});

/** Returns the numbers of daily returns over days in order. */
export function returnNumbers(days: readonly DayResult[]): ReturnNumbers {
  const returns = dailyReturns(days);
  const share = maxDrawdownShare(growthCurve(returns));
  const { fall, steps } = maxDrawdown(profitCurve(days));
  return {
    days: days.length,
    aprPct: aprPct(returns),
    sharpe: sharpe(returns),
    sortino: sortino(returns),
    calmar: calmar(returns, share),
    maxDrawdownUsd: fall,
    maxDrawdownPct: returns.length === 0 ? null : share * 100,
    maxDrawdownDays: steps,
  };
}
