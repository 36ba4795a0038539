import type { TradeLifecycles } from '#activities/deps.ts';
import type { Logger } from '#observability/logger.ts';
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { RECONCILER } from '#domain/reconcile.ts';
import { isStuck } from './is-stuck.ts';
import { openRequests } from './open-requests.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import { tradeStart, type OperatorNote } from '#workflows/messages.ts';

const START_TIMEOUT_MS = 5_000;

/**
 * Finds live trades whose workflow does not run, or cannot go on, and starts it again. One that only this version of the
 * code cannot replay is an alarm, and left to a rollback for an hour.
 */
export const createTradeLifecycles = (client: Client, logger: Logger): TradeLifecycles => ({
  ensure: ({ signalId, deploymentId, symbol, side }) =>
    client.withDeadline(Date.now() + START_TIMEOUT_MS, async () => {
      const input = { signalId, deploymentId };
      const handle = client.workflow.getHandle(workflowIds.trade(signalId, deploymentId));
      const lost = await findLostRun(handle, logger);
      if (lost === null) return false;
      if (lost.isStuck) await handle.terminate(STUCK_TEXT);
      const options = {
        ...tradeStart(input, { symbol, side }),
        // The database says that the trade lives, whatever the end of an earlier run.
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
      } as const;
      const [first, ...others] = lost.requests;
      if (first === undefined) await client.workflow.start('tradeLifecycle', options);
      // Started with the request, so that no crash loses it.
      else
        await client.workflow.signalWithStart('tradeLifecycle', {
          ...options,
          signal: first,
          signalArgs: [SENDER],
        });
      for (const request of others) await handle.signal(request, SENDER);
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

const MISMATCH_TEXT =
  'ALARM: this version of the code cannot replay the workflow of a trade: go back to the version before. In an hour the trade goes on in a new run, from the books';

const SENDER: OperatorNote = { by: RECONCILER, note: 'asked of a run that was lost' };

/** A run of a trade's workflow that does not go on. */
interface LostRun {
  /** It counts as running, and no worker can replay it. */
  isStuck: boolean;
  /** Names of the signals by which persons asked it for something that it may not have done. */
  requests: string[];
}

/** Returns the run that a trade's workflow has lost; null when it goes on. */
async function findLostRun(handle: WorkflowHandle, logger: Logger): Promise<LostRun | null> {
  try {
    const { status, raw } = await handle.describe();
    // A run that completed has done what it was asked for.
    if (status.name === 'COMPLETED') return { isStuck: false, requests: [] };
    const isRunning = status.name === 'RUNNING';
    // A workflow that goes on has a task for moments only.
    const attempt = raw.pendingWorkflowTask?.attempt ?? null;
    if (isRunning && attempt === null) return null;
    const { events } = await handle.fetchHistory();
    const stuck = isRunning ? isStuck(events ?? [], attempt ?? 0, Date.now()) : null;
    if (stuck === 'mismatched') logger.error({ workflowId: handle.workflowId }, MISMATCH_TEXT);
    if (isRunning && stuck !== 'broken') return null;
    return { isStuck: isRunning, requests: openRequests(events ?? []) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { isStuck: false, requests: [] };
    throw error;
  }
}
