import { patched } from '@temporalio/workflow';
import { classifyMessages } from './pipeline-activities.ts';

/** Number of messages in one step: a failure costs at most one step. */
export const CLASSIFY_BATCH = 100;
const MAX_BATCHES = 50;

/** Classifies up to 5,000 waiting messages; the next run takes the rest. */
export const classify = (): Promise<void> => classifyBatches(async () => undefined);

/** Classifies up to 5,000 waiting messages, and calls `between` after each batch but the last. */
export async function classifyBatches(between: () => Promise<void>): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { more } = await classifyMessages({ limit: CLASSIFY_BATCH });
    if (!more) return;
    if (patched('signals-between-batches')) await between();
  }
}
