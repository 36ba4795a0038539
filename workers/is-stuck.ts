import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
/** `WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR` of Temporal's API. */
const NON_DETERMINISTIC = 24;

/** Failures in a row, or attempts at one task, after which a workflow is taken for one that cannot go on. */
const MAX_FAILURES = 3;
const MAX_ATTEMPTS = 5;

/**
 * Whether no worker can replay a workflow: since its last completed task its tasks have failed as nondeterministic, again
 * and again. A worker that completes a task it was given a second time, after a message came in between, leaves such a
 * history ("History is out of order"). `attempt` is that of the task that waits; attempts after the first leave no event.
 */
export function isStuck(events: readonly HistoryEvent[], attempt: number): boolean {
  const completed = events.findLastIndex(
    ({ workflowTaskCompletedEventAttributes: of }) => of !== null && of !== undefined,
  );
  const failures = events
    .slice(completed + 1)
    .filter(({ workflowTaskFailedEventAttributes: of }) => Number(of?.cause) === NON_DETERMINISTIC);
  return failures.length >= MAX_FAILURES || (failures.length > 0 && attempt >= MAX_ATTEMPTS);
}
