import { unitText } from '#terminal/metric.ts';
import { renderTable, signedUsd, utc, type Colors, type Column } from '#terminal/output.ts';
import type { MonteCarlo, Spread } from '../search/monte-carlo.ts';
import type { Point } from '../search/parameters.ts';
import type { Trial } from '../search/run-trial.ts';
import type { SearchResult } from '../search/search.ts';
import type { Fold } from '../search/walk-forward.ts';

const MOST_TRIALS = 15;
const YEAR_DAYS = 365;

/** Returns what a search found as lines: why the best may mislead, the best trials, and what choosing would have made. */
export function renderSearch(found: SearchResult, colors: Colors): string[] {
  const { trials, objective, deflated, walkForward, warnings, seed } = found;
  return [
    colors.bold(`${trials.length} trials, ranked by ${objective}, seed ${seed}`),
    ...warnings.map((warning) => colors.yellow(`! ${warning}`)),
    '',
    ...renderTable(TRIAL_COLUMNS, trials.slice(0, MOST_TRIALS), colors),
    ...(trials.length > MOST_TRIALS
      ? [colors.dim(`... and ${trials.length - MOST_TRIALS} more; --json has all`)]
      : []),
    ...(deflated
      ? [
          '',
          `Sharpe of the best ${yearly(deflated.sharpe)}; the best of ${deflated.trials} without any skill would have ` +
            `${yearly(deflated.expectedBest)}; better than that with a probability of ${(deflated.probability * 100).toFixed(1)} % (deflated Sharpe ratio)`,
        ]
      : []),
    ...(walkForward
      ? [
          '',
          colors.bold('Walk-forward: chosen on the past, traded on what followed'),
          ...renderTable(FOLD_COLUMNS, walkForward.folds, colors),
          `${walkForward.trades} trades, ${signedUsd(String(walkForward.netUsd))} USD in all`,
        ]
      : []),
  ];
}

const yearly = (daily: number): string => (daily * Math.sqrt(YEAR_DAYS)).toFixed(2);

const pointText = (point: Point): string =>
  Object.entries(point)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ') || 'as given';

const usd = (value: number): string => signedUsd(String(value));

const TRIAL_COLUMNS: Column<Trial>[] = [
  { title: 'SETTINGS', cell: ({ point }) => pointText(point) },
  { title: 'TRADES', cell: ({ trades }) => String(trades), align: 'right' },
  { title: 'NET', cell: ({ worthUsd }) => usd(worthUsd), align: 'right' },
  { title: 'WON', cell: ({ winRate }) => unitText('share', winRate), align: 'right' },
  { title: 'FACTOR', cell: ({ profitFactor }) => unitText('ratio', profitFactor), align: 'right' },
  { title: 'MEAN', cell: ({ expectancyUsd }) => unitText('usd', expectancyUsd), align: 'right' },
  { title: 'SHARPE', cell: ({ sharpe }) => unitText('ratio', sharpe), align: 'right' },
  { title: 'DRAWDOWN', cell: ({ maxDrawdownUsd }) => maxDrawdownUsd.toFixed(2), align: 'right' },
];

const FOLD_COLUMNS: Column<Fold>[] = [
  { title: 'CHOSEN ON', cell: ({ train }) => `${day(train.from)} to ${day(train.to)}` },
  { title: 'TRADED ON', cell: ({ test }) => `${day(test.from)} to ${day(test.to)}` },
  { title: 'SETTINGS', cell: ({ point }) => pointText(point) },
  { title: 'WHEN CHOSEN', cell: ({ trainedUsd }) => usd(trainedUsd), align: 'right' },
  { title: 'AFTERWARDS', cell: ({ tested }) => usd(tested.worthUsd), align: 'right' },
  { title: 'TRADES', cell: ({ tested }) => String(tested.trades), align: 'right' },
];

const day = (t: number): string => utc(t).slice(0, 10);

/** Returns what chance could have made of a run as lines. */
export function renderMonteCarlo(result: MonteCarlo, colors: Colors): string[] {
  const { rounds, seed, blockLength, skippedShare } = result;
  const rows: [string, Spread][] = [
    ['drawdown, trades in another order', result.reshuffledDrawdown],
    [`net, drawn again in blocks of ${blockLength}`, result.blockNet],
    [`drawdown, drawn again in blocks of ${blockLength}`, result.blockDrawdown],
    [`net, ${(skippedShare * 100).toFixed(0)} % of trades left out`, result.skippedNet],
    ...(result.delayedNet
      ? [['net, orders half to twice as late', result.delayedNet] satisfies [string, Spread]]
      : []),
  ];
  return [
    '',
    colors.bold(`Monte Carlo: ${rounds} rounds, seed ${seed}, USD`),
    ...renderTable(
      [
        { title: 'WHAT', cell: ([name]: [string, Spread]) => name },
        { title: '5 % BELOW', cell: ([, { low }]) => low.toFixed(2), align: 'right' },
        { title: 'MEDIAN', cell: ([, { median }]) => median.toFixed(2), align: 'right' },
        { title: '95 % BELOW', cell: ([, { high }]) => high.toFixed(2), align: 'right' },
      ],
      rows,
      colors,
    ),
  ];
}
