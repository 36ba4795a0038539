import { sleep } from '@temporalio/workflow';
import { tryHeldCall } from './pipeline-activities.ts';
import { startFanOuts } from './start-fan-outs.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** Makes a held call a signal as soon as the trades against it are flat, and starts its trades. */
export async function holdCall({ heldCallId }: { heldCallId: string }): Promise<void> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const { is, signalIds } = await tryHeldCall({ heldCallId });
    await startFanOuts(signalIds);
    if (is === 'ended') return;
    await sleep(pauseMs);
  }
}
