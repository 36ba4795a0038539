import { continueAsNew, isCancellation, log, setHandler } from '@temporalio/workflow';
import { classifyBatches } from './classify.ts';
import { generateAndSend } from './generate-signals.ts';
import { messageArrivedSignal } from './messages.ts';
import { ingestSource } from './pipeline-activities.ts';

export interface IngestInput {
  sourceAccountId: string;
}

/** Readings in one run; a busy source goes on in a new run, so that histories stay short. */
const MAX_READS = 100;

/**
 * Reads a source to its end, and takes each page of messages to its signals before the next. `messageArrived` makes it
 * read once more; it ends when nothing is left to read.
 */
export async function ingest({ sourceAccountId }: IngestInput): Promise<void> {
  let arrived = false;
  setHandler(messageArrivedSignal, () => {
    arrived = true;
  });
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    arrived = false;
    const { messages, more } = await ingestSource({ sourceAccountId });
    if (messages > 0) await evaluate();
    if (!more && !arrived) return;
  }
  await continueAsNew<typeof ingest>({ sourceAccountId });
}

/** Takes a page of messages to its signals. A failure is left to the schedules, and the source is read on. */
async function evaluate(): Promise<void> {
  try {
    // A classifier may take seconds for each message: what it has read does not wait for the rest.
    await classifyBatches(generateAndSend);
    await generateAndSend();
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('messages wait for the next scheduled evaluation', { error: String(error) });
  }
}
