import { Worker } from '@temporalio/worker';
import type { WatcherActivities } from '#activities/contract.ts';
import { createWatcherActivities } from '#activities/watch.ts';
import type { WatcherDeps } from '#activities/watching/watcher.ts';
import { TASK_QUEUES } from '#temporal/task-queues.ts';
import { workerOptions, type WorkerContext } from './worker-options.ts';

/** Runs price watchers: one long activity per venue shard, and little else beside it. */
export function createWatchWorker(context: WorkerContext, deps: WatcherDeps): Promise<Worker> {
  const activities: WatcherActivities = createWatcherActivities(deps);
  return Worker.create({
    ...workerOptions(context),
    taskQueue: TASK_QUEUES.watch,
    activities,
    maxCachedWorkflows: 20,
    maxConcurrentActivityTaskExecutions: 20,
    // Other workers notice that a watcher is gone by its missing beats: send them often.
    maxHeartbeatThrottleInterval: '1s',
  });
}
