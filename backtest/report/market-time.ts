import type { BacktestResult } from '../result.ts';
import { entryValue } from './columns.ts';

/** Share of the time of a run with a trade open (0 to 1), and the mean value of open trades at their entry prices. */
export interface MarketTime {
  timeInMarket: number;
  exposureUsd: number;
}

/** Returns the time in the market, as the metrics of these names define it; the window is the period of the run. */
export function marketTimeOf({ trades, open, period }: BacktestResult): MarketTime {
  const length = period.to - period.from;
  if (length <= 0) return { timeInMarket: 0, exposureUsd: 0 };
  const closed = trades.map((trade) => ({
    from: trade.enteredAt,
    to: trade.exitedAt,
    usd: entryValue(trade),
  }));
  const held = open.map((trade) => ({ from: trade.enteredAt, to: period.to, usd: entryValue(trade) }));
  const spans = [...closed, ...held].sort((a, b) => a.from - b.from);
  let [covered, until, valueTime] = [0, -Infinity, 0];
  for (const { from, to, usd } of spans) {
    covered += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
    valueTime += usd * (to - from);
  }
  return { timeInMarket: covered / length, exposureUsd: valueTime / length };
}
