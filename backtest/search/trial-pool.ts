import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { PriceSeries } from '../prices/price-series.ts';
import type { LoadedInputs } from '../run-backtest.ts';
import type { Settings } from '../settings/settings.ts';
import type { Point } from './parameters.ts';
import { runTrial, type Trial, type TrialWindow } from './run-trial.ts';

/** A trial to be run. */
export interface TrialJob {
  point: Point;
  window: TrialWindow | null;
}

/** Runs trials, on all cores where there are several. */
export interface TrialPool {
  /** Returns the trials in the order of the jobs; rejects where one throws. */
  run(jobs: readonly TrialJob[], told?: (done: number) => void): Promise<Trial[]>;
  close(): Promise<void>;
}

/** Fewer trials than this are not worth threads. */
const FEW_JOBS = 8;

/**
 * Returns a pool for inputs and settings, whose prices all threads share. `threads` is the number of cores unless
 * given; with one, trials run in this thread.
 */
export function createTrialPool(
  loaded: LoadedInputs,
  settings: Settings,
  threads = availableParallelism(),
): TrialPool {
  let workers: Worker[] = [];
  const start = (): Worker[] => {
    const workerData = { loaded: shared(loaded), settings };
    return Array.from({ length: threads }, () => new Worker(WORKER, { workerData }));
  };
  return {
    async run(jobs, told = () => undefined) {
      if (threads < 2 || jobs.length < FEW_JOBS) return runHere(loaded, settings, { jobs, told });
      if (workers.length === 0) workers = start();
      return runOn(workers, jobs, told);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
      workers = [];
    },
  };
}

/** The file of a thread, which a build turns into JavaScript as it does this one. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? 'worker.ts' : 'worker.js', import.meta.url);

function runHere(
  loaded: LoadedInputs,
  settings: Settings,
  { jobs, told }: { jobs: readonly TrialJob[]; told: (done: number) => void },
): Trial[] {
  return jobs.map((job, index) => {
    const trial = runTrial(loaded, settings, job);
    told(index + 1);
    return trial;
  });
}

function runOn(
  workers: readonly Worker[],
  jobs: readonly TrialJob[],
  told: (done: number) => void,
): Promise<Trial[]> {
  const trials: Trial[] = [];
  const listeners: (() => void)[] = [];
  let [next, done] = [0, 0];
  const ended = new Promise<Trial[]>((resolve, reject) => {
    for (const worker of workers) {
      const give = (): void => {
        const job = jobs[next];
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
        if (job) worker.postMessage({ id: next++, job });
      };
      const take = ({ id, trial }: { id: number; trial: Trial }): void => {
        trials[id] = trial;
        told((done += 1));
        if (done === jobs.length) resolve(trials);
        else give();
      };
      worker.on('message', take).on('error', reject);
      listeners.push(() => worker.off('message', take).off('error', reject));
      give();
    }
  });
  return ended.finally(() => {
    for (const stop of listeners) stop();
  });
}

/** Returns inputs whose prices lie in memory that threads share, so that each thread costs no copy of them. */
function shared(loaded: LoadedInputs): LoadedInputs {
  const series = [...loaded.series].map(([symbol, each]) => [symbol, sharedSeries(each)] as const);
  return { ...loaded, series: new Map(series) };
}

const sharedSeries = (series: PriceSeries): PriceSeries => ({
  ...series,
  times: sharedColumn(series.times),
  open: sharedColumn(series.open),
  high: sharedColumn(series.high),
  low: sharedColumn(series.low),
  close: sharedColumn(series.close),
});

function sharedColumn(column: Float64Array): Float64Array<SharedArrayBuffer> {
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength));
  copy.set(column);
  return copy;
}
