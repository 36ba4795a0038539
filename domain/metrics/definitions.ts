/** Units of the numbers. A `share` runs from 0 to 1; `bps` are hundredths of a percent; `R` is the loss at the stop. */
export const METRIC_UNITS = ['usd', 'percent', 'share', 'ratio', 'R', 'bps', 'ms', 'days', 'count'] as const;
export type MetricUnit = (typeof METRIC_UNITS)[number];

/** The time that a number speaks of. `now` is a reading; `window` is 30 or 90 whole days (UTC), or all of them. */
export const METRIC_SPANS = ['now', 'window'] as const;
export type MetricSpan = (typeof METRIC_SPANS)[number];

/** What a number is and how it is computed. */
export interface MetricDefinition {
  title: string;
  unit: MetricUnit;
  span: MetricSpan;
  formula: string;
  /** One sentence for people. */
  sentence: string;
}

const define = <Name extends string>(definitions: Record<Name, MetricDefinition>) => definitions;

/**
 * Every number by which trading is judged. The API, the command line and the documentation print this list, because
 * projects compute numbers of one name in different ways.
 */
export const METRICS = define({
  grossUsd: {
    title: 'gross profit',
    unit: 'usd',
    span: 'window',
    formula: 'sum of (exit price - average entry price) x size x direction, in the hour of each exit fill',
    sentence: 'Realised profit of prices alone, before fees and funding.',
  },
  feesUsd: {
    title: 'fees',
    unit: 'usd',
    span: 'window',
    formula: 'sum of the fees of fills, in the hour of each fill',
    sentence: 'What the venues charged for fills; a rebate counts as negative.',
  },
  fundingUsd: {
    title: 'funding',
    unit: 'usd',
    span: 'window',
    formula: 'sum of funding payments, in the hour of each payment',
    sentence: 'Funding received (positive) or paid (negative).',
  },
  netUsd: {
    title: 'net profit',
    unit: 'usd',
    span: 'window',
    formula: 'gross - fees + funding',
    sentence:
      'Realised profit after fees and funding; the hours of a closed trade add up to its settlement, and deposits and withdrawals are no part of it.',
  },
  unrealizedUsd: {
    title: 'unrealised profit',
    unit: 'usd',
    span: 'now',
    formula: 'sum of (newest price - entry price) x remaining size x direction',
    sentence: 'Profit of the open positions at the newest price that the watcher has seen, before fees.',
  },
  volumeUsd: {
    title: 'volume',
    unit: 'usd',
    span: 'window',
    formula: 'sum of price x size of fills',
    sentence: 'Value of everything bought and sold.',
  },
  trades: {
    title: 'closed trades',
    unit: 'count',
    span: 'window',
    formula: 'number of trades that closed',
    sentence:
      'Trades that were opened and have closed; positions found at a venue and taken over are left out.',
  },
  winRate: {
    title: 'win rate',
    unit: 'share',
    span: 'window',
    formula: 'trades with a net profit above 0 / closed trades',
    sentence: 'How many of the closed trades made money.',
  },
  profitFactor: {
    title: 'profit factor',
    unit: 'ratio',
    span: 'window',
    formula: 'sum of net profits / sum of net losses; none without a losing trade',
    sentence: 'What the winners made for each dollar that the losers lost.',
  },
  expectancyUsd: {
    title: 'expectancy',
    unit: 'usd',
    span: 'window',
    formula: 'sum of net profits of closed trades / closed trades',
    sentence: 'Mean net profit of a closed trade.',
  },
  expectancyR: {
    title: 'expectancy in R',
    unit: 'R',
    span: 'window',
    formula: 'mean of net profit / (|entry price - first stop| x size), of trades with a stop',
    sentence: 'Mean net profit of a closed trade as a multiple of what it would have lost at its first stop.',
  },
  bestUsd: {
    title: 'best trade',
    unit: 'usd',
    span: 'window',
    formula: 'largest net profit of a closed trade',
    sentence: 'The best closed trade.',
  },
  worstUsd: {
    title: 'worst trade',
    unit: 'usd',
    span: 'window',
    formula: 'smallest net profit of a closed trade',
    sentence: 'The worst closed trade.',
  },
  averageHoldMs: {
    title: 'average hold',
    unit: 'ms',
    span: 'window',
    formula: 'mean of (closed - opened) of closed trades',
    sentence: 'How long a closed trade was open on average.',
  },
  timeInMarket: {
    title: 'time in market',
    unit: 'share',
    span: 'window',
    formula: 'length of the union of the times in which trades were open / length of the window',
    sentence: 'Share of the time with at least one position open.',
  },
  exposureUsd: {
    title: 'exposure',
    unit: 'usd',
    span: 'window',
    formula: 'sum of entry value x time open within the window / length of the window',
    sentence:
      'Value of open positions at their entry prices, averaged over the window; a position counts in full until it is closed.',
  },
  slippageToCallBps: {
    title: 'slippage to the call',
    unit: 'bps',
    span: 'window',
    formula: 'mean of (entry price - price in the call) / price in the call x direction x 10,000',
    sentence: 'How much worse entries filled than the price that their calls named; negative is better.',
  },
  slippageToDecisionBps: {
    title: 'slippage to the decision',
    unit: 'bps',
    span: 'window',
    formula: 'mean of (entry price - price at the decision) / price at the decision x direction x 10,000',
    sentence: 'How much worse entries filled than the price at which they were decided; negative is better.',
  },
  latencyMs: {
    title: 'post to order',
    unit: 'ms',
    span: 'window',
    formula: 'mean of (entry order sent - message posted), of trades that came from a message',
    sentence: 'Time from the post to the entry order.',
  },
  unprotectedMs: {
    title: 'unprotected time',
    unit: 'ms',
    span: 'window',
    formula: 'sum of the time that filled entries stood without a resident stop, of closed trades',
    sentence: 'Time that positions had no stop at the venue.',
  },
  equityUsd: {
    title: 'equity',
    unit: 'usd',
    span: 'now',
    formula: "the venue's word, at the last reading of the account",
    sentence: 'What the account is worth with its open positions, whoever trades in it.',
  },
  days: {
    title: 'days',
    unit: 'days',
    span: 'window',
    formula: 'whole days (UTC) from the later of the start of the window and the first trade, today included',
    sentence: 'How many days the numbers of returns are made of.',
  },
  aprPct: {
    title: 'APR',
    unit: 'percent',
    span: 'window',
    formula:
      'sum of daily returns / days x 365 x 100; a daily return is net profit / equity at the start of the day',
    sentence:
      'Simple yearly return; deposits and withdrawals change the equity it is measured by, and are no profit themselves.',
  },
  sharpe: {
    title: 'Sharpe',
    unit: 'ratio',
    span: 'window',
    formula:
      'mean / sample standard deviation (n - 1) of daily returns x square root of 365; risk-free rate 0',
    sentence: 'Return for each unit of its variation.',
  },
  sortino: {
    title: 'Sortino',
    unit: 'ratio',
    span: 'window',
    formula: 'mean of daily returns / square root of (sum of min(return, 0)^2 / n) x square root of 365',
    sentence: 'Return for each unit of variation below zero.',
  },
  calmar: {
    title: 'Calmar',
    unit: 'ratio',
    span: 'window',
    formula: '(product of (1 + daily return)^(365 / days) - 1) / largest drawdown as a share',
    sentence: 'Compounded yearly return for each unit of the largest drawdown.',
  },
  maxDrawdownUsd: {
    title: 'largest drawdown',
    unit: 'usd',
    span: 'window',
    formula: 'largest fall of the sum of daily net profits from an earlier peak, the start included',
    sentence: 'The most that was lost after a peak.',
  },
  maxDrawdownPct: {
    title: 'largest drawdown',
    unit: 'percent',
    span: 'window',
    formula: 'largest fall of the product of (1 + daily return) from an earlier peak, in percent of the peak',
    sentence:
      'The most that was lost after a peak, as a part of it; deposits and withdrawals do not move it.',
  },
  maxDrawdownDays: {
    title: 'longest drawdown',
    unit: 'days',
    span: 'window',
    formula:
      'most days from a peak of the sum of daily net profits until it is reached again, or until the end',
    sentence: 'The longest wait for a new peak.',
  },
  impactUsd: {
    title: 'impact factor',
    unit: 'usd',
    span: 'window',
    formula: 'win rate x mean net profit of a closed trade',
    sentence: 'What the word of a source has been worth.',
  },
  shrunkImpactUsd: {
    title: 'impact factor, shrunken',
    unit: 'usd',
    span: 'window',
    formula:
      'n / (n + 20) x win rate and mean net profit of the source + 20 / (n + 20) x those of all sources, multiplied; n is its closed trades',
    sentence: 'The impact factor with 20 trades of the average source added, so that few trades say little.',
  },
});

export type MetricName = keyof typeof METRICS;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the list above
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];
