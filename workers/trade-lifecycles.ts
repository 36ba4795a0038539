import type { TradeLifecycles } from '#activities/deps.ts';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { tradeStart, type TradeInput } from '#workflows/messages.ts';

const START_TIMEOUT_MS = 5_000;

/** Finds live trades whose workflow does not run, and starts it. */
export const createTradeLifecycles = (client: Client): TradeLifecycles => ({
  ensure: ({ signalId, deploymentId }) =>
    client.withDeadline(Date.now() + START_TIMEOUT_MS, async () => {
      const input = { signalId, deploymentId };
      if (await isRunning(client, input)) return false;
      await client.workflow.start('tradeLifecycle', {
        ...tradeStart(input),
        // The database says that the trade lives, whatever the end of an earlier run.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      });
      return true;
    }),
});

/** Has the accounts compared with their venues; asked for again while that is under way, the one run will do. */
export const askToReconcile = (client: Client): Promise<void> =>
  client.withDeadline(Date.now() + START_TIMEOUT_MS, async () => {
    await client.workflow.start('reconcile', {
      args: [{}],
      taskQueue: TASK_QUEUES.trading,
      workflowId: 'reconnect/reconcile',
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
  });

async function isRunning(client: Client, { signalId, deploymentId }: TradeInput): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowIds.trade(signalId, deploymentId)).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}
