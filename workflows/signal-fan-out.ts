import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { continueAsNew, ParentClosePolicy, proxyLocalActivities, startChild } from '@temporalio/workflow';
import type { FanOutActivities } from '#activities/contract.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
import { tradeStart, type TradeInput } from './messages.ts';
import type { tradeLifecycle } from './trade-lifecycle.ts';

export interface SignalFanOutInput {
  signalId: string;
  /** Deployments up to this one have their trade; set when a run goes on in a new one. */
  after?: string;
}

/** Trades started at once: keeps workflow tasks small. */
const BATCH_SIZE = 100;
/** Trades started in one run: a workflow may hold 2,000 children that have not ended. */
const RUN_SIZE = 1_000;

// Local: one query between the signal and its orders, not a round trip through the server.
const { listDeployments, markFannedOut } = proxyLocalActivities<FanOutActivities>({
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '50ms', backoffCoefficient: 2, maximumInterval: '5s' },
});

/**
 * Starts one trade per active deployment of the signal's agent, and marks the signal when all have theirs. Safe to run
 * again: a trade that exists is kept.
 */
export async function signalFanOut({ signalId, after = '' }: SignalFanOutInput): Promise<void> {
  const { deploymentIds, subject } = await listDeployments({ signalId });
  const waiting = deploymentIds.filter((id) => id > after).sort();
  const now = waiting.slice(0, RUN_SIZE);
  for (let from = 0; from < now.length; from += BATCH_SIZE) {
    const batch = now.slice(from, from + BATCH_SIZE);
    await Promise.all(batch.map((deploymentId) => startTrade({ signalId, deploymentId }, subject)));
  }
  const last = now.at(-1);
  if (last !== undefined && waiting.length > now.length) {
    await continueAsNew<typeof signalFanOut>({ signalId, after: last });
  }
  await markFannedOut({ signalId });
}

async function startTrade(input: TradeInput, subject: TradeSubject | undefined): Promise<void> {
  try {
    await startChild<typeof tradeLifecycle>('tradeLifecycle', {
      ...tradeStart(input, subject),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
