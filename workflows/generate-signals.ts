import { generateSignals as generate, listUnsentSignals } from './pipeline-activities.ts';
import { startFanOuts } from './start-fan-outs.ts';

export const GENERATE_BATCH = 100;
const MAX_BATCHES = 50;

/** Turns classified messages into signals and starts their fan-outs, also those that a crash has lost. */
export async function generateSignals(): Promise<void> {
  await generateAndSend();
  const { signalIds } = await listUnsentSignals({ limit: GENERATE_BATCH });
  await startFanOuts(signalIds);
}

/** Turns up to 5,000 waiting messages into signals, and starts the fan-outs of each batch before the next. */
export async function generateAndSend(): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { signalIds, more } = await generate({ limit: GENERATE_BATCH });
    await startFanOuts(signalIds);
    if (!more) return;
  }
}
