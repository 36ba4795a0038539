import { FEW_TRADES } from '../report/warnings.ts';
import { deflatedSharpe, type DeflatedSharpe } from './deflated-sharpe.ts';
import { ranked, type Objective } from './objective.ts';
import { gridOf, randomPoints, type Axis, type Point } from './parameters.ts';
import type { Trial } from './run-trial.ts';
import type { TrialPool } from './trial-pool.ts';
import { walkForward, type WalkForward } from './walk-forward.ts';

export interface SearchRequest {
  axes: readonly Axis[];
  /** So many points drawn at random; the whole grid unless given. */
  random: number | null;
  objective: Objective;
  /** Windows of the walk-forward; null for none. */
  folds: number | null;
  /** Times of the first and the last post, epoch ms. */
  period: { from: number; to: number };
  seed: number;
}

/** What a search found. */
export interface SearchResult {
  objective: Objective;
  seed: number;
  axes: Axis[];
  /** Every trial, the best first. */
  trials: Trial[];
  /** The Sharpe ratio of the best, deflated by the number of trials; null where it has no meaning. */
  deflated: DeflatedSharpe | null;
  walkForward: WalkForward | null;
  /** Why the best trial may mislead, one sentence each. */
  warnings: string[];
}

/** A search that is too large to be meant. */
export const MOST_TRIALS = 100_000;

/** Runs the points of a search and returns them ranked, with what the best of so many is worth. */
export async function search(
  pool: TrialPool,
  request: SearchRequest,
  told: (done: number, all: number) => void = () => undefined,
): Promise<SearchResult> {
  const { axes, random, objective, folds, period, seed } = request;
  const points = random === null ? gridOf(axes) : randomPoints(axes, random, seed);
  const all = points.length * (1 + (folds ?? 0)) + (folds ?? 0);
  const jobs = points.map((point) => ({ point, window: null }));
  const trials = ranked(await pool.run(jobs, (done) => told(done, all)), objective);
  const walked =
    folds === null
      ? null
      : await walkForward(pool, { points, objective, folds, period }, (done) =>
          told(points.length + done, all),
        );
  const deflated = deflatedOf(trials);
  return {
    objective,
    seed,
    axes: [...axes],
    trials,
    deflated,
    walkForward: walked,
    warnings: warningsOf(trials, { axes, deflated, walked }),
  };
}

const YEAR_DAYS = 365;

function deflatedOf(trials: readonly Trial[]): DeflatedSharpe | null {
  const [best] = trials;
  const daily = trials.flatMap(({ sharpe }) => (sharpe === null ? [] : [sharpe / Math.sqrt(YEAR_DAYS)]));
  return best ? deflatedSharpe(best.returns, daily) : null;
}

interface Found {
  axes: readonly Axis[];
  deflated: DeflatedSharpe | null;
  walked: WalkForward | null;
}

function warningsOf([best, ...rest]: readonly Trial[], { axes, deflated, walked }: Found): string[] {
  if (!best) return ['No trial was run.'];
  const edges = edgesOf(best.point, axes);
  return [
    ...(best.trades < FEW_TRADES
      ? [`The best of ${rest.length + 1} trials made only ${best.trades} trades.`]
      : []),
    ...edges.map(
      (edge) => `The best trial lies on the edge of the search: ${edge}. A better one may lie beyond it.`,
    ),
    ...(deflated && deflated.probability < 0.95
      ? [
          `The best of ${deflated.trials} trials is better than luck with a probability of ` +
            `${(deflated.probability * 100).toFixed(0)} % only: the best of so many without any skill would have a Sharpe of ` +
            `${(deflated.expectedBest * Math.sqrt(YEAR_DAYS)).toFixed(2)}.`,
        ]
      : []),
    ...(walked && walked.netUsd <= 0
      ? [`Chosen on the past and traded on what followed, it made ${walked.netUsd.toFixed(2)} USD.`]
      : []),
  ];
}

/** Returns the axes on whose first or last value a point lies, in words; an axis of one value has no edge. */
export const edgesOf = (point: Point, axes: readonly Axis[]): string[] =>
  axes.flatMap(({ name, values }) => {
    const value = point[name];
    if (values.length < 2 || value === undefined) return [];
    return value === values[0] || value === values.at(-1) ? [`${name} ${value}`] : [];
  });
