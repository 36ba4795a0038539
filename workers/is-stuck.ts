import type { temporal } from '@temporalio/proto';

/** What is read of an event; its time is a count of seconds, as the protocol's own integer. */
type HistoryEvent = Omit<temporal.api.history.v1.IHistoryEvent, 'eventTime'> & {
  eventTime?: { seconds?: unknown } | null;
};
/** `WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR` of Temporal's API. */
const NON_DETERMINISTIC = 24;
/** Words of the SDK's core about a history that no version of the code can replay. */
const OUT_OF_ORDER = 'out of order';

/** Failures in a row, or attempts at one task, after which a workflow is taken for one that cannot go on. */
const MAX_FAILURES = 3;
const MAX_ATTEMPTS = 5;
/** How long a workflow that another version of the code may replay is left for that version to come back. */
const ROLLBACK_MS = 3_600_000;

/**
 * Why a workflow does not go on: `broken`, no worker can ever replay it; `mismatched`, the workers of now cannot, and an
 * earlier version of the code may.
 */
export type Stuck = 'broken' | 'mismatched';

/**
 * Returns why no worker can replay a workflow whose tasks have failed as nondeterministic again and again since its last
 * completed one; null when it may go on. A worker that completes a task it was given a second time, after a message came
 * in between, leaves a history that is out of order for good. Other failures come with a version of the code, and going
 * back to the one before heals them: they count as broken after an hour. `attempt` is that of the task that waits;
 * attempts after the first leave no event.
 */
export function isStuck(events: readonly HistoryEvent[], attempt: number, now: number): Stuck | null {
  const completed = events.findLastIndex(
    ({ workflowTaskCompletedEventAttributes: of }) => of !== null && of !== undefined,
  );
  const failures = events
    .slice(completed + 1)
    .filter(({ workflowTaskFailedEventAttributes: of }) => Number(of?.cause) === NON_DETERMINISTIC);
  const isRepeated = failures.length >= MAX_FAILURES || (failures.length > 0 && attempt >= MAX_ATTEMPTS);
  if (!isRepeated) return null;
  const isOutOfOrder = failures.some(isOfHistory);
  return isOutOfOrder || now - timeOf(failures[0]) >= ROLLBACK_MS ? 'broken' : 'mismatched';
}

const isOfHistory = ({ workflowTaskFailedEventAttributes: of }: HistoryEvent): boolean =>
  of?.failure?.message?.includes(OUT_OF_ORDER) ?? false;

/** Returns the time of an event in epoch ms; 0 where it has none. */
const timeOf = (event: HistoryEvent | undefined): number => Number(event?.eventTime?.seconds ?? 0) * 1_000;
