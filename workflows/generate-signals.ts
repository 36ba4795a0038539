import { generateSignals as generate, listUnsentSignals } from './pipeline-activities.ts';
import { startFanOuts } from './start-fan-outs.ts';

export const GENERATE_BATCH = 100;
const MAX_BATCHES = 50;

/**
 * Turns classified messages into signals and sends them on their way, also those whose fan-out was lost to a
 * crash before it began.
 */
export async function generateSignals(): Promise<void> {
  await generateAndSend();
  const { signalIds } = await listUnsentSignals({ limit: GENERATE_BATCH });
  await startFanOuts(signalIds);
}

/** Turns what waits into signals, up to 5,000 messages, each batch sent before the next is read. */
export async function generateAndSend(): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { signalIds, more } = await generate({ limit: GENERATE_BATCH });
    await startFanOuts(signalIds);
    if (!more) return;
  }
}
