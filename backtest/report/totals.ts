import { maxDrawdownShare } from '#domain/metrics/drawdown.ts';
import {
  performanceOf,
  returnNumbers,
  type MoneySums,
  type Performance,
} from '#domain/metrics/performance.ts';
import { decimalString, sum, type DecimalString } from '#domain/money.ts';
import { quantile } from '#domain/quantile.ts';
import type { BacktestResult, ClosedTrade, OpenTrade } from '../result.ts';
import { volumeOf, type TradeColumns } from './columns.ts';
import { markedDays, realisedDays } from './days.ts';
import type { BacktestMetricName } from './definitions.ts';
import { excursionsOf } from './excursions.ts';
import { marketTimeOf } from './market-time.ts';
import { allRows } from './rows.ts';
import { moneyOf, sumOf, tradeSumsOf, usdString } from './sums.ts';

/** Value of a metric: amounts are decimal strings, all else numbers; null where it has no meaning. */
export type MetricValue = DecimalString | number | null;

/**
 * The numbers of a whole run. Names of the system's own metrics mean what `METRICS` says, the others what
 * `BACKTEST_METRICS` says. Money counts everything that was realised, also the closed parts and fees of open trades.
 */
export type Totals = Omit<Performance, 'unprotectedMs'> &
  Record<BacktestMetricName, MetricValue> & {
    unrealizedUsd: DecimalString;
    equityUsd: DecimalString;
    timeInMarket: number;
    exposureUsd: DecimalString;
  };

/** Returns the numbers of a run; `columns` are those of its closed trades. */
export function totalsOf(result: BacktestResult, columns: TradeColumns): Totals {
  const rows = allRows(columns);
  const money = addMoney(moneyOf(columns, rows), result.open);
  const { unprotectedMs: _, ...performance } = performanceOf(
    money,
    tradeSumsOf(columns, rows),
    realisedDays(result.equity),
  );
  const { timeInMarket, exposureUsd } = marketTimeOf(result);
  return {
    ...performance,
    ...backtestNumbers(result, columns, rows),
    unrealizedUsd: decimalString(sum(result.open.map((trade) => trade.unrealizedUsd))),
    equityUsd: usdString(result.equity.at(-1)?.equityUsd ?? Number(result.capitalUsd)),
    timeInMarket,
    exposureUsd: usdString(exposureUsd),
  };
}

function addMoney(closed: MoneySums, open: readonly OpenTrade[]): MoneySums {
  const add = (name: Exclude<keyof MoneySums, 'volumeUsd'>): DecimalString =>
    decimalString(sum([closed[name], ...open.map((trade) => trade[name])]));
  return {
    grossUsd: add('grossUsd'),
    feesUsd: add('feesUsd'),
    fundingUsd: add('fundingUsd'),
    netUsd: add('netUsd'),
    volumeUsd: usdString(open.reduce((total, trade) => total + volumeOf(trade), Number(closed.volumeUsd))),
  };
}

function backtestNumbers(
  { capitalUsd, equity, trades, open }: BacktestResult,
  columns: TradeColumns,
  rows: readonly number[],
): Record<BacktestMetricName, MetricValue> {
  const marked = returnNumbers(markedDays(equity));
  const values = equity.map(({ equityUsd }) => equityUsd);
  const capital = Number(capitalUsd);
  const slippage = open.reduce((total, trade) => total + Number(trade.slippageUsd), 0);
  return {
    returnPct: capital > 0 ? ((values.at(-1) ?? capital) / capital - 1) * 100 : null,
    markedSharpe: marked.sharpe,
    markedSortino: marked.sortino,
    markedCalmar: marked.calmar,
    markedDrawdownUsd: usdString(largestFall(values)),
    markedDrawdownPct: values.length === 0 ? null : maxDrawdownShare(values) * 100,
    medianUsd: columns.count === 0 ? null : usdString(quantile(Array.from(columns.netUsd.toSorted()), 0.5)),
    longestLossStreak: longestLossStreak(trades),
    sqn: systemQuality(columns.netUsd),
    ...excursionsOf(columns, rows),
    slippageUsd: usdString(sumOf(columns.slippageUsd, rows) + slippage),
  };
}

/** Returns the square root of n x mean / sample standard deviation; null with fewer than two values or no variation. */
export function systemQuality(values: Float64Array): number | null {
  if (values.length < 2) return null;
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  if (squares <= Number.EPSILON * mean ** 2 * values.length) return null;
  return (mean / Math.sqrt(squares / (values.length - 1))) * Math.sqrt(values.length);
}

/** Returns the largest fall from an earlier peak of a curve in plain numbers, of which there can be many. */
function largestFall(values: readonly number[]): number {
  let [peak, fall] = [-Infinity, 0];
  for (const value of values) {
    peak = Math.max(peak, value);
    fall = Math.max(fall, peak - value);
  }
  return fall;
}

function longestLossStreak(trades: readonly ClosedTrade[]): number {
  let [streak, longest] = [0, 0];
  for (const { netUsd } of trades.toSorted((a, b) => a.exitedAt - b.exitedAt)) {
    streak = Number(netUsd) > 0 ? 0 : streak + 1;
    longest = Math.max(longest, streak);
  }
  return longest;
}
