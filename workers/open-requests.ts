import type { temporal } from '@temporalio/proto';
import { forceCloseSignal, pauseSignal, resumeSignal } from '#workflows/messages.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/**
 * Returns the names of the signals by which persons asked a trade's workflow for something that still counts: the last of
 * pause and resume, and a close. Each may be sent again although it was done.
 */
export function openRequests(events: readonly HistoryEvent[]): string[] {
  const heard = events.flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  );
  const pause = heard.findLast((name) => name === pauseSignal.name || name === resumeSignal.name);
  return [
    ...(heard.includes(forceCloseSignal.name) ? [forceCloseSignal.name] : []),
    ...(pause === undefined ? [] : [pause]),
  ];
}
