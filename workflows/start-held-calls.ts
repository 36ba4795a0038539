import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { holdCall } from './hold-call.ts';
import { TASK_QUEUES, workflowIds } from './names.ts';

/** Starts the waits of held calls, unless they run. Does not await their ends. */
export async function startHeldCalls(heldCallIds: readonly string[]): Promise<void> {
  await Promise.all(heldCallIds.map(startHeldCall));
}

async function startHeldCall(heldCallId: string): Promise<void> {
  try {
    await startChild<typeof holdCall>('holdCall', {
      args: [{ heldCallId }],
      workflowId: workflowIds.heldCall(heldCallId),
      taskQueue: TASK_QUEUES.pipeline,
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
