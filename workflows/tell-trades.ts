import { getExternalWorkflowHandle, log, patched, sleep } from '@temporalio/workflow';
import type { InstructionRef } from '#domain/reactions.ts';
import { followPostSignal } from './messages.ts';
import { workflowIds } from './names.ts';

/** Tells trades what posts of their authors say. What a trade does not hear now it is told by the next schedule. */
export async function tellTrades(instructions: readonly InstructionRef[]): Promise<void> {
  await Promise.all(instructions.map(tellTrade));
}

/** The workflow of a trade that is just being started is there moments later. */
const PAUSES = ['250ms', '1s', '3s'] as const;

async function tellTrade(instruction: InstructionRef): Promise<void> {
  for (const pause of PAUSES) {
    if (await isTold(instruction)) return;
    if (!patched('tell-again')) return;
    await sleep(pause);
  }
  await isTold(instruction);
}

async function isTold({
  instructionId,
  signalId,
  deploymentId,
  closes,
  by,
}: InstructionRef): Promise<boolean> {
  try {
    const trade = getExternalWorkflowHandle(workflowIds.trade(signalId, deploymentId));
    await trade.signal(followPostSignal, { instructionId, closes, by });
    return true;
  } catch (error) {
    log.warn('a trade could not be told of a post', { instructionId, error: String(error) });
    return false;
  }
}
