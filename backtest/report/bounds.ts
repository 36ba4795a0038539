import type { CandlePath } from '#domain/candles.ts';
import type { DecimalString } from '#domain/money.ts';
import type { BacktestResult, BoundExit, PathBound } from '../result.ts';
import { newTotal, addTo, totalNumber, usdString } from './sums.ts';

/** How much the unknown order of extremes inside candles matters. */
export interface OrderDependence {
  path: CandlePath;
  /** Closed trades whose exit depends on the order, and their share of all, 0 to 1. */
  trades: number;
  share: number;
  /** Net profit of the closed trades with each trade taken by itself, the worse and the better end of it. */
  lowUsd: DecimalString;
  highUsd: DecimalString;
  /** The whole portfolio under each reading; null where only one was run. */
  portfolio: Record<'worst' | 'best', PathBound> | null;
}

/** Returns what closed trades come to at the worse and at the better end that the order of extremes allows. */
export function orderDependence({ trades, path, bounds }: BacktestResult): OrderDependence {
  const [low, high] = [newTotal(), newTotal()];
  let dependent = 0;
  for (const { netUsd, dependsOnOrder, bounds: ends } of trades) {
    const nets = [Number(netUsd), ...(ends ? [netOf(ends.worst), netOf(ends.best)] : [])];
    addTo(low, Math.min(...nets));
    addTo(high, Math.max(...nets));
    if (dependsOnOrder) dependent += 1;
  }
  return {
    path,
    trades: dependent,
    share: trades.length === 0 ? 0 : dependent / trades.length,
    lowUsd: usdString(totalNumber(low)),
    highUsd: usdString(totalNumber(high)),
    portfolio: bounds,
  };
}

const netOf = ({ netUsd }: BoundExit): number => Number(netUsd);
