import { classifyMessages } from './pipeline-activities.ts';

/** Messages classified in one step: the answer to a step is kept, so a failure costs at most one step. */
export const CLASSIFY_BATCH = 100;
const MAX_BATCHES = 50;

/** Classifies what waits, up to 5,000 messages; the rest is left to the next run. */
export async function classify(): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { more } = await classifyMessages({ limit: CLASSIFY_BATCH });
    if (!more) return;
  }
}
