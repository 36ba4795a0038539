import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { WatcherActivities } from '#activities/contract.ts';
import { createWatcherActivities } from '#activities/watching/activities.ts';
import type { WatcherDeps } from '#activities/watching/watcher.ts';
import type { VenueName } from '#domain/ids.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { workerOptions, type WorkerContext } from './worker-options.ts';

/** Runs price watchers: one long activity per venue shard, and little else beside it. */
export function createWatchWorker(context: WorkerContext, deps: WatcherDeps): Promise<Worker> {
  const activities: WatcherActivities = createWatcherActivities(deps);
  return Worker.create({
    ...workerOptions(context),
    taskQueue: TASK_QUEUES.watch,
    activities,
    maxCachedWorkflows: 20,
    // A watcher has nothing to finish: the sooner it lets go, the sooner another one watches.
    shutdownGraceTime: '0s',
    maxConcurrentActivityTaskExecutions: 20,
    // Other workers notice that a watcher is gone by its missing beats: send them often.
    maxHeartbeatThrottleInterval: '1s',
  });
}

/** Starts the price watch of every venue that has none running. */
export async function ensurePriceWatches(client: Client, venues: readonly VenueName[]): Promise<void> {
  await Promise.all(
    venues.map((venue) =>
      client.workflow.start('priceWatch', {
        args: [{ venue, shard: 0 }],
        taskQueue: TASK_QUEUES.watch,
        workflowId: workflowIds.priceWatch(venue, 0),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      }),
    ),
  );
}
