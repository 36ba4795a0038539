import { parentPort, workerData } from 'node:worker_threads';
import type { LoadedInputs } from '../run-backtest.ts';
import type { Settings } from '../settings/settings.ts';
import type { TrialJob } from './trial-pool.ts';
import { runTrial } from './run-trial.ts';

/** What a thread is started with. */
export interface WorkerInputs {
  loaded: LoadedInputs;
  settings: Settings;
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the pool beside it is the only one who starts it
const { loaded, settings } = workerData as WorkerInputs;

parentPort?.on('message', ({ id, job }: { id: number; job: TrialJob }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage({ id, trial: runTrial(loaded, settings, job) });
});
