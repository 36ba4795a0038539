import { Worker } from '@temporalio/worker';
import type { TradingActivities } from '#activities/contract.ts';
import { createExecutionActivities } from '#activities/execution/activities.ts';
import { createFanOutActivities } from '#activities/pipeline/fan-out.ts';
import { createLedgerActivities } from '#activities/ledger/activities.ts';
import { createReconcileActivities } from '#activities/reconcile/activities.ts';
import type { ReconcileDeps } from '#activities/reconcile/correction.ts';
import type { Entry } from '#activities/entry/activities.ts';
import { createWatchActivities } from '#activities/watching/activities.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import { workerOptions, type WorkerContext } from './worker-options.ts';

/** Runs trade lifecycles and everything that sends orders. */
export function createTradingWorker(
  context: WorkerContext,
  deps: ReconcileDeps & { entry: Entry },
): Promise<Worker> {
  const activities: TradingActivities = {
    ...deps.entry.activities,
    ...createExecutionActivities(deps),
    ...createWatchActivities(deps),
    ...createLedgerActivities(deps),
    ...createFanOutActivities(deps),
    ...createReconcileActivities(deps),
  };
  return Worker.create({
    ...workerOptions(context),
    taskQueue: TASK_QUEUES.trading,
    activities,
    maxCachedWorkflows: 2_000,
    maxConcurrentActivityTaskExecutions: 100,
    maxConcurrentLocalActivityExecutions: 100,
  });
}
