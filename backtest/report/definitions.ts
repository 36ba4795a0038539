import type { MetricDefinition } from '#domain/metrics/definitions.ts';

const define = <Name extends string>(definitions: Record<Name, MetricDefinition>) => definitions;

/**
 * The numbers that only a backtest has, beside those of `METRICS`. In a backtest a window is the period of the run.
 */
export const BACKTEST_METRICS = define({
  returnPct: {
    title: 'return',
    unit: 'percent',
    span: 'window',
    formula: '(equity at the end - capital) / capital x 100',
    sentence: 'What the capital has grown by, open trades at their last prices.',
  },
  markedSharpe: {
    title: 'Sharpe of equity',
    unit: 'ratio',
    span: 'window',
    formula:
      'as Sharpe, of daily changes of equity (open trades at their prices) / equity at the start of the day',
    sentence: 'Return for each unit of its variation, what open trades lose in between included.',
  },
  markedSortino: {
    title: 'Sortino of equity',
    unit: 'ratio',
    span: 'window',
    formula: 'as Sortino, of daily changes of equity / equity at the start of the day',
    sentence: 'Return for each unit of variation below zero, open trades included.',
  },
  markedCalmar: {
    title: 'Calmar of equity',
    unit: 'ratio',
    span: 'window',
    formula: 'as Calmar, of daily changes of equity / equity at the start of the day',
    sentence: 'Compounded yearly return for each unit of the largest drawdown, open trades included.',
  },
  markedDrawdownUsd: {
    title: 'largest drawdown of equity',
    unit: 'usd',
    span: 'window',
    formula: 'largest fall of the equity from an earlier peak, at every point of the curve',
    sentence: 'The most that was lost after a peak, open trades at their prices.',
  },
  markedDrawdownPct: {
    title: 'largest drawdown of equity',
    unit: 'percent',
    span: 'window',
    formula:
      'largest fall of the equity from an earlier peak, in percent of the peak, at every point of the curve',
    sentence: 'The most that was lost after a peak as a part of it, open trades at their prices.',
  },
  medianUsd: {
    title: 'median trade',
    unit: 'usd',
    span: 'window',
    formula: 'net profit that half of the closed trades do not exceed (nearest rank)',
    sentence: 'The closed trade in the middle.',
  },
  longestLossStreak: {
    title: 'longest losing streak',
    unit: 'count',
    span: 'window',
    formula: 'most trades in a row, by their exits, with a net profit of 0 or less',
    sentence: 'How many trades lost one after another.',
  },
  sqn: {
    title: 'system quality number',
    unit: 'ratio',
    span: 'window',
    formula: 'square root of n x mean / sample standard deviation (n - 1) of net profits of n closed trades',
    sentence: 'How far the mean trade is from zero, in its own error; below 2 it may well be luck.',
  },
  mfePct: {
    title: 'favourable excursion',
    unit: 'percent',
    span: 'window',
    formula: 'mean of the furthest move for the holder from entry to exit / entry price x 100',
    sentence: 'How far prices went for a trade at best.',
  },
  maePct: {
    title: 'adverse excursion',
    unit: 'percent',
    span: 'window',
    formula: 'mean of the furthest move against the holder from entry to exit / entry price x 100',
    sentence: 'How far prices went against a trade at worst.',
  },
  capture: {
    title: 'capture',
    unit: 'share',
    span: 'window',
    formula:
      'sum of moves from entry to exit / sum of favourable excursions, both in percent of the entry price',
    sentence: 'How much of what prices offered the exits kept; negative where trades lost on average.',
  },
  slippageUsd: {
    title: 'slippage and spread',
    unit: 'usd',
    span: 'window',
    formula:
      'sum of |fill price - price printed| x size, of entries and exits; part of the gross profit already',
    sentence: 'What the assumed slippage and spread took from the gross profit.',
  },
});

export type BacktestMetricName = keyof typeof BACKTEST_METRICS;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const BACKTEST_METRIC_NAMES = Object.keys(BACKTEST_METRICS) as BacktestMetricName[];
