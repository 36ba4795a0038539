import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { isRunning, type ProcessIdentity } from './identity.ts';

export interface StopStep {
  readonly signal: NodeJS.Signals;
  /** How long the process may take to end before the next step. */
  readonly waitMs: number;
}

/** Ask first, then insist. */
export const TERMINATE: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

const POLL_MS = 10;

/**
 * Ends a process, ours or an orphan of an earlier run, and returns once it is gone. It does nothing when the
 * process has ended or its pid now belongs to another program.
 *
 * @throws when the process outlives the last step or may not be signalled by this user.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  steps: readonly StopStep[] = TERMINATE,
): Promise<void> {
  for (const { signal, waitMs } of steps) {
    if (!isRunning(identity)) return;
    sendSignal(identity.pid, signal);
    if (await endedWithin(identity, waitMs)) return;
  }
  throw new Error(`process ${identity.pid} did not end; stop it by hand (kill -9 ${identity.pid})`);
}

/** Whether the process ends within the given time. */
export async function endedWithin(identity: ProcessIdentity, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (isRunning(identity)) {
    if (performance.now() >= deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
