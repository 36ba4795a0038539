import type { DataConverter } from '@temporalio/common';
import type { NativeConnection, WorkerOptions, WorkflowBundlePath } from '@temporalio/worker';

/** Settings and connections that the workers of a process share. */
export interface WorkerContext {
  connection: NativeConnection;
  namespace: string;
  /** How what the server stores is written. */
  dataConverter: DataConverter;
  workflowBundle: WorkflowBundlePath;
  identity: string;
}

/**
 * Settings all roles share. Poll counts are left to the autoscaling pollers: the fixed ones are ignored by the
 * SDK. A short sticky time-out lets another worker take over the workflows of one that was killed.
 */
export function workerOptions(context: WorkerContext): Omit<WorkerOptions, 'taskQueue' | 'activities'> {
  const { connection, namespace, workflowBundle, identity, dataConverter } = context;
  return {
    connection,
    namespace,
    workflowBundle,
    identity,
    dataConverter,
    stickyQueueScheduleToStartTimeout: '2s',
    shutdownGraceTime: '10s',
    shutdownForceTime: '30s',
    workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 2, initial: 4, maximum: 16 },
  };
}
