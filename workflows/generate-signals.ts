import type { Generated } from '#activities/contract.ts';
import { generateSignals as generate, listUnsentSignals } from './pipeline-activities.ts';
import { startFanOuts } from './start-fan-outs.ts';
import { startHeldCalls } from './start-held-calls.ts';
import { tellTrades } from './tell-trades.ts';

export const GENERATE_BATCH = 100;
const MAX_BATCHES = 50;

/** Turns classified messages into signals and starts their fan-outs, also those that a crash has lost. */
export async function generateSignals(): Promise<void> {
  await generateAndSend();
  await send(await listUnsentSignals({ limit: GENERATE_BATCH }));
}

/** Turns up to 5,000 waiting messages into signals, and starts the fan-outs of each batch before the next. */
export async function generateAndSend(): Promise<void> {
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const { more, ...generated } = await generate({ limit: GENERATE_BATCH });
    await send(generated);
    if (!more) return;
  }
}

/** Starts what follows from messages: trades of signals, instructions for open trades, and the waits of held calls. */
async function send({ signalIds, instructions = [], heldCallIds = [] }: Generated): Promise<void> {
  await tellTrades(instructions);
  await startFanOuts(signalIds);
  await startHeldCalls(heldCallIds);
}
