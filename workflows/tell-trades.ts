import { getExternalWorkflowHandle, log } from '@temporalio/workflow';
import type { InstructionRef } from '#domain/reactions.ts';
import { followPostSignal } from './messages.ts';
import { workflowIds } from './names.ts';

/** Tells trades what posts of their authors say. What a trade does not hear now it is told by the next schedule. */
export async function tellTrades(instructions: readonly InstructionRef[]): Promise<void> {
  await Promise.all(instructions.map(tellTrade));
}

async function tellTrade({
  instructionId,
  signalId,
  deploymentId,
  closes,
  by,
}: InstructionRef): Promise<void> {
  try {
    const trade = getExternalWorkflowHandle(workflowIds.trade(signalId, deploymentId));
    await trade.signal(followPostSignal, { instructionId, closes, by });
  } catch (error) {
    log.warn('a trade could not be told of a post', { instructionId, error: String(error) });
  }
}
