import { continueAsNew, isCancellation, log, setHandler } from '@temporalio/workflow';
import { classify } from './classify.ts';
import { generateAndSend } from './generate-signals.ts';
import { messageArrivedSignal } from './messages.ts';
import { ingestSource } from './pipeline-activities.ts';

export interface IngestInput {
  sourceAccountId: string;
}

/** Reads in one run; a busy source goes on in a fresh run, so that histories stay short. */
const MAX_READS = 100;

/**
 * Reads a source to its end and takes each page of messages all the way to its signals before reading the next.
 * `messageArrived` makes it read once more; with nothing left to read it ends.
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

/** What fails here stays in the books and is taken up by the schedules; the source is read on meanwhile. */
async function evaluate(): Promise<void> {
  try {
    await classify();
    await generateAndSend();
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('messages wait for the next scheduled evaluation', { error: String(error) });
  }
}
