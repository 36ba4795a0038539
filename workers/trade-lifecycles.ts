import type { TradeLifecycles } from '#activities/deps.ts';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { isStuck } from './is-stuck.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { tradeStart } from '#workflows/messages.ts';

const START_TIMEOUT_MS = 5_000;

/** Finds live trades whose workflow does not run, or cannot go on, and starts it again. */
export const createTradeLifecycles = (client: Client): TradeLifecycles => ({
  ensure: ({ signalId, deploymentId, symbol, side }) =>
    client.withDeadline(Date.now() + START_TIMEOUT_MS, async () => {
      const input = { signalId, deploymentId };
      const handle = client.workflow.getHandle(workflowIds.trade(signalId, deploymentId));
      const state = await stateOf(handle);
      if (state === 'running') return false;
      if (state === 'stuck') await handle.terminate(STUCK_TEXT);
      await client.workflow.start('tradeLifecycle', {
        ...tradeStart(input, { symbol, side }),
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

const STUCK_TEXT = 'Its history cannot be replayed: the trade goes on in a new run, from the books.';

async function stateOf(handle: WorkflowHandle): Promise<'running' | 'stuck' | 'over'> {
  try {
    const { status, raw } = await handle.describe();
    if (status.name !== 'RUNNING') return 'over';
    // A workflow that goes on has a task for moments only.
    const attempt = raw.pendingWorkflowTask?.attempt ?? null;
    if (attempt === null) return 'running';
    const { events } = await handle.fetchHistory();
    return isStuck(events ?? [], attempt) ? 'stuck' : 'running';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return 'over';
    throw error;
  }
}
