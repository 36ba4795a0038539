import type { TradeMessenger } from '#activities/deps.ts';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { workflowIds } from '#workflows/names.ts';
import { exitStartedSignal, fillsBookedSignal } from '#workflows/messages.ts';

/** Long enough for a busy server; after that the watcher tries again, rather than the client inside one call. */
const SIGNAL_TIMEOUT_MS = 3_000;

/** Signals the workflows of trades. A workflow that has ended is ignored: its trade is closed in the database. */
export function createTradeMessenger(client: Client): TradeMessenger {
  const handleOf = (trade: { signalId: string; deploymentId: string }) =>
    client.workflow.getHandle(workflowIds.trade(trade.signalId, trade.deploymentId));
  const say = (signalled: () => Promise<void>) =>
    client.withDeadline(Date.now() + SIGNAL_TIMEOUT_MS, () => unlessEnded(signalled()));
  return {
    exitStarted: (trade, reason) => say(() => handleOf(trade).signal(exitStartedSignal, { reason })),
    fillsBooked: (trade) => say(() => handleOf(trade).signal(fillsBookedSignal)),
  };
}

async function unlessEnded(signalled: Promise<void>): Promise<void> {
  try {
    await signalled;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
