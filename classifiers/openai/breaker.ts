import { describeFailure, type ModelFailure } from './failure.ts';

/** Keeps messages from waiting for a model that does not answer. */
export interface Breaker {
  /** Returns why the model is not to be asked now; null when it may be. Of a model that was down one request is let through. */
  refusal(): string | null;
  /** Takes the end of a request; null for an answer. */
  note(failure: ModelFailure | null): void;
}

/** So many requests in a row without an answer mean that the model is down. */
const FAILURES_IN_A_ROW = 3;
const PAUSE_MS = 15_000;
/** A wrong key or model needs a person. */
const MISCONFIGURED_PAUSE_MS = 60_000;

/** Returns a breaker of a process. `onPause` hears why a pause begins; `now` is in milliseconds and never goes back. */
export function createBreaker(
  onPause: (why: string) => void = () => undefined,
  now: () => number = () => performance.now(),
): Breaker {
  let failures = 0;
  let closedUntil = 0;
  let last: ModelFailure | null = null;
  return {
    refusal() {
      if (last === null || closedUntil === 0) return null;
      if (now() < closedUntil) return `not asked: the model is left alone after ${describeFailure(last)}`;
      // The next ones wait for how this one ends.
      closedUntil = now() + PAUSE_MS;
      return null;
    },
    note(failure) {
      const isDown = failure?.kind === 'unavailable' || failure?.kind === 'misconfigured';
      if (!isDown) {
        [failures, closedUntil, last] = [0, 0, null];
        return;
      }
      failures += 1;
      last = failure;
      const pauseMs = pauseAfter(failure, failures);
      if (pauseMs === 0) return;
      if (now() >= closedUntil) onPause(describeFailure(failure));
      closedUntil = now() + pauseMs;
    },
  };
}

function pauseAfter({ kind, retryAfterMs }: ModelFailure, failures: number): number {
  if (kind === 'misconfigured') return MISCONFIGURED_PAUSE_MS;
  if (retryAfterMs !== undefined && retryAfterMs > 0) return retryAfterMs;
  return failures >= FAILURES_IN_A_ROW ? PAUSE_MS : 0;
}
