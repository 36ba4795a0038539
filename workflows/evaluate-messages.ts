import { continueAsNew, setHandler } from '@temporalio/workflow';
import { classifyBatches } from './classify.ts';
import { generateAndSend } from './generate-signals.ts';
import { messageArrivedSignal } from './messages.ts';

/** Rounds in one run; where messages never end, a new run goes on, so that histories stay short. */
const MAX_ROUNDS = 100;

/**
 * Takes messages that were just stored to their signals. `messageArrived` makes it look once more; it ends when nothing
 * new came. A failure is left to the schedules.
 */
export async function evaluateMessages(): Promise<void> {
  let arrived = false;
  setHandler(messageArrivedSignal, () => {
    arrived = true;
  });
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    arrived = false;
    // A classifier may take seconds for each message: what it has read does not wait for the rest.
    await classifyBatches(generateAndSend);
    await generateAndSend();
    if (!arrived) return;
  }
  await continueAsNew<typeof evaluateMessages>();
}
