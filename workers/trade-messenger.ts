import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { TradeMessenger } from '#activities/watching/watch-orders.ts';
import { exitStartedSignal, fillsBookedSignal, workflowIds } from '#workflows/messages.ts';

/** Signals the workflows of trades. One that has ended is left alone: the books already say so. */
export function createTradeMessenger(client: Client): TradeMessenger {
  const handleOf = (trade: { signalId: string; deploymentId: string }) =>
    client.workflow.getHandle(workflowIds.trade(trade.signalId, trade.deploymentId));
  return {
    exitStarted: (trade, reason) => unlessEnded(handleOf(trade).signal(exitStartedSignal, { reason })),
    fillsBooked: (trade) => unlessEnded(handleOf(trade).signal(fillsBookedSignal)),
  };
}

async function unlessEnded(signalled: Promise<void>): Promise<void> {
  try {
    await signalled;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
