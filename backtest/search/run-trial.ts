import { dailyReturns, sharpe, type DayResult } from '#domain/metrics/returns.ts';
import { returnNumbers } from '#domain/metrics/performance.ts';
import { DAY_MS, startOfDay } from '#domain/metrics/windows.ts';
import { tradeNumbers } from '#domain/metrics/trade-sums.ts';
import { closedTrades, openTrades } from '../engine/to-result.ts';
import { indexFrom } from '../prices/price-series.ts';
import { readColumns } from '../report/columns.ts';
import { allRows } from '../report/rows.ts';
import { tradeSumsOf, usdString } from '../report/sums.ts';
import type { ClosedTrade } from '../result.ts';
import { prepareRun, runPrepared, type LoadedInputs } from '../run-backtest.ts';
import type { Settings } from '../settings/settings.ts';
import { settingsAt, type Point } from './parameters.ts';

/** A time of posts; prices after its end are not seen where `isClosed`. Epoch ms; `to` is left out. */
export interface TrialWindow {
  from: number;
  to: number;
  isClosed: boolean;
}

/** What settings of a point come to. */
export interface Trial {
  point: Point;
  trades: number;
  /** Of closed trades, and with the open ones at their last prices. */
  netUsd: number;
  worthUsd: number;
  winRate: number | null;
  profitFactor: number | null;
  expectancyUsd: number | null;
  /** Of a year, of daily realised returns on the equity. */
  sharpe: number | null;
  calmar: number | null;
  maxDrawdownUsd: number;
  /** Returns of days, from the first exit to the last. */
  returns: number[];
  /** Net profit of each closed trade in the order of exits, USD. */
  nets: number[];
}

/** Runs posts of a window (all of them without one) under the settings of a point. */
export function runTrial(
  loaded: LoadedInputs,
  settings: Settings,
  { point, window }: { point: Point; window: TrialWindow | null },
): Trial {
  const changed = settingsAt(settings, point);
  const prepared = prepareRun(window ? withinWindow(loaded, window) : loaded, changed);
  const path = changed.path === 'both' ? 'worst' : changed.path;
  const outcome = runPrepared(prepared, changed, { path, otherPath: null, keepsStory: false });
  return trialOf(point, closedTrades(outcome), {
    openUsd: openWorth(outcome),
    capitalUsd: Number(changed.capitalUsd),
  });
}

const openWorth = (outcome: Parameters<typeof openTrades>[0]): number =>
  openTrades(outcome).reduce((sum, trade) => sum + Number(trade.netUsd) + Number(trade.unrealizedUsd), 0);

function withinWindow(loaded: LoadedInputs, { from, to, isClosed }: TrialWindow): LoadedInputs {
  const lines = loaded.lines.filter(({ postedAt }) => postedAt >= from && postedAt < to);
  if (!isClosed) return { ...loaded, lines };
  const series = [...loaded.series].map(
    ([symbol, each]) => [symbol, { ...each, length: indexFrom(each, to) }] as const,
  );
  return { ...loaded, lines, series: new Map(series.filter(([, { length }]) => length > 0)) };
}

function trialOf(
  point: Point,
  trades: readonly ClosedTrade[],
  { openUsd, capitalUsd }: { openUsd: number; capitalUsd: number },
): Trial {
  const byExit = trades.toSorted((a, b) => a.exitedAt - b.exitedAt);
  const columns = readColumns(byExit);
  const { winRate, profitFactor, expectancyUsd } = tradeNumbers(tradeSumsOf(columns, allRows(columns)));
  const days = daysOf(byExit, capitalUsd);
  const { calmar, maxDrawdownUsd } = returnNumbers(days);
  const returns = dailyReturns(days);
  const nets = [...columns.netUsd];
  const netUsd = nets.reduce((sum, net) => sum + net, 0);
  return {
    point,
    trades: trades.length,
    netUsd,
    worthUsd: netUsd + openUsd,
    winRate,
    profitFactor,
    expectancyUsd: expectancyUsd === null ? null : Number(expectancyUsd),
    sharpe: sharpe(returns),
    calmar,
    maxDrawdownUsd: Number(maxDrawdownUsd),
    returns,
    nets,
  };
}

/** Returns the days from the first exit to the last with what was realised; the equity is the capital with that. */
function daysOf(trades: readonly ClosedTrade[], capitalUsd: number): DayResult[] {
  const [first, last] = [trades[0], trades.at(-1)];
  if (!first || !last) return [];
  const profits = new Map<number, number>();
  for (const { exitedAt, netUsd } of trades) {
    const day = startOfDay(exitedAt);
    profits.set(day, (profits.get(day) ?? 0) + Number(netUsd));
  }
  const days: DayResult[] = [];
  let equity = capitalUsd;
  for (let day = startOfDay(first.exitedAt); day <= last.exitedAt; day += DAY_MS) {
    const net = profits.get(day) ?? 0;
    days.push({ day, netUsd: usdString(net), equityUsd: usdString(equity) });
    equity += net;
  }
  return days;
}
