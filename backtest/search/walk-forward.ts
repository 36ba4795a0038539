import { ranked, type Objective } from './objective.ts';
import type { Point } from './parameters.ts';
import type { Trial, TrialWindow } from './run-trial.ts';
import type { TrialPool } from './trial-pool.ts';

/** One step: the best point of a time, and what it came to in the time that followed. */
export interface Fold {
  train: { from: number; to: number };
  test: { from: number; to: number };
  point: Point;
  /** Of the best point in the time it was chosen by. */
  trainedUsd: number;
  tested: Trial;
}

/** Rolling walk-forward: what choosing by the past and trading what followed would have come to. */
export interface WalkForward {
  folds: Fold[];
  trades: number;
  netUsd: number;
}

export interface WalkForwardRequest {
  points: readonly Point[];
  objective: Objective;
  folds: number;
  period: { from: number; to: number };
}

/** A time to choose by is this many times as long as the one that follows. */
const TRAIN_PARTS = 3;

/**
 * Runs every point on each time to choose by, and its best one on the time that follows. The former sees no price
 * after its end, so that nothing of the future takes part in the choice.
 */
export async function walkForward(
  pool: TrialPool,
  { points, objective, folds, period }: WalkForwardRequest,
  told: (done: number) => void = () => undefined,
): Promise<WalkForward> {
  const done: Fold[] = [];
  const perFold = points.length + 1;
  for (const [index, { train, test }] of windowsOf(period, folds).entries()) {
    const jobs = points.map((point) => ({ point, window: { ...train, isClosed: true } }));
    const [best] = ranked(await pool.run(jobs, (count) => told(index * perFold + count)), objective);
    if (!best) break;
    const [tested] = await pool.run([{ point: best.point, window: { ...test, isClosed: false } }]);
    told((index + 1) * perFold);
    if (tested) done.push({ train, test, point: best.point, trainedUsd: best.worthUsd, tested });
  }
  return {
    folds: done,
    trades: done.reduce((sum, { tested }) => sum + tested.trades, 0),
    netUsd: done.reduce((sum, { tested }) => sum + tested.worthUsd, 0),
  };
}

type Span = Pick<TrialWindow, 'from' | 'to'>;

/** Returns times to choose by, each followed by the time to try it, which follow each other up to the end. */
export function windowsOf({ from, to }: Span, folds: number): { train: Span; test: Span }[] {
  const length = (to + 1 - from) / (folds + TRAIN_PARTS);
  const at = (part: number): number => Math.round(from + part * length);
  return Array.from({ length: folds }, (_, fold) => ({
    train: { from: at(fold), to: at(fold + TRAIN_PARTS) },
    test: { from: at(fold + TRAIN_PARTS), to: at(fold + TRAIN_PARTS + 1) },
  }));
}
