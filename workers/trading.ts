import { Worker } from '@temporalio/worker';
import { createBillingActivities } from '#activities/billing.ts';
import type { TradingActivities } from '#activities/contract.ts';
import { createExecutionActivities } from '#activities/execution.ts';
import { createFanOutActivities } from '#activities/fan-out.ts';
import { createLedgerActivities } from '#activities/ledger.ts';
import { createReconcileActivities } from '#activities/reconcile.ts';
import type { ReconcileDeps } from '#activities/reconcile/correction.ts';
import type { Routing } from '#activities/routing.ts';
import { createWatchActivities } from '#activities/watch.ts';
import { TASK_QUEUES } from '#temporal/task-queues.ts';
import { workerOptions, type WorkerContext } from './worker-options.ts';

/** Runs trade lifecycles and everything that sends orders. */
export function createTradingWorker(
  context: WorkerContext,
  deps: ReconcileDeps & { routing: Routing },
): Promise<Worker> {
  const activities: TradingActivities = {
    ...deps.routing.activities,
    ...createExecutionActivities(deps),
    ...createWatchActivities(deps),
    ...createLedgerActivities(deps),
    ...createBillingActivities(deps),
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
