import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TradeState } from '#domain/trade.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
import { TASK_QUEUES, workflowIds } from './names.ts';
import { detailTrade, summarizeTrade } from './trade-summary.ts';

/** Names and shapes of messages to workflows, for workflows, clients and the Temporal CLI. */

export interface TradeInput {
  signalId: string;
  deploymentId: string;
}

/**
 * Returns the options with which every starter starts a trade's workflow; the starter adds its policies for one that
 * exists. `subject` is absent only in fan-outs begun by a version that did not read it.
 */
export const tradeStart = (input: TradeInput, subject?: TradeSubject) => ({
  args: [input] as [TradeInput],
  taskQueue: TASK_QUEUES.trading,
  workflowId: workflowIds.trade(input.signalId, input.deploymentId),
  // A step that a dead worker ran locally is given to another worker after this time.
  workflowTaskTimeout: '5s' as const,
  ...(subject && { staticSummary: summarizeTrade(subject), staticDetails: detailTrade(subject, input) }),
});

/** Sender of a wish and a note; `temporal workflow signal` may leave both out. */
export interface OperatorNote {
  by?: string;
  note?: string;
}

/** Stops automatic exits of the trade; what rests at the venue stays there. */
export const pauseSignal = defineSignal<[OperatorNote?]>('pause');
export const resumeSignal = defineSignal<[OperatorNote?]>('resume');
/** The wish to close: ends the position at once; before the entry it skips the trade. */
export const forceCloseSignal = defineSignal<[OperatorNote?]>('forceClose');

/** A post of the author of a trade says what to do with it; `closes` when it is to be closed. */
export const followPostSignal =
  defineSignal<[{ instructionId: string; closes: boolean } & OperatorNote]>('followPost');

/** The watcher has claimed the exit and sent the closing order. */
export const exitStartedSignal = defineSignal<[{ reason: string }]>('exitStarted');
/** New fills of the trade are booked. */
export const fillsBookedSignal = defineSignal('fillsBooked');
/** A message came in while the workflow that reads or evaluates messages may already have looked. */
export const messageArrivedSignal = defineSignal('messageArrived');

/** Replaces the exits of an open trade; returns the trade, or fails: `TradeNotOpen` where it is not open any more. */
export const adjustBarriersUpdate = defineUpdate<TradeState, [{ barriers: object } & OperatorNote]>(
  'adjustBarriers',
);

/** Returns the state of the trade. */
export const tradeQuery = defineQuery<TradeState>('trade');
