import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import { TASK_QUEUES, workflowIds } from './names.ts';
import type { signalFanOut } from './signal-fan-out.ts';

/** Starts the fan-outs of signals, unless they run. Does not await their ends. */
export async function startFanOuts(signalIds: readonly string[]): Promise<void> {
  await Promise.all([...new Set(signalIds)].map(startFanOut));
}

async function startFanOut(signalId: string): Promise<void> {
  try {
    await startChild<typeof signalFanOut>('signalFanOut', {
      args: [{ signalId }],
      workflowId: workflowIds.fanOut(signalId),
      taskQueue: TASK_QUEUES.trading,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      // A fan-out that ended early runs again; one that runs is left alone.
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
