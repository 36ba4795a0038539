import { ownIdentity } from '#process/identity.ts';
import type { StateDir } from './state-dir.ts';

/** Keeps in the state folder how far a start has come, for `signalman status`. */
export interface StartProgress {
  /** A part that does not serve yet says what it is doing. */
  doing(part: string, line: string): void;
  serves(part: string): void;
  /** The start is over; parts that are started again later are in the record of the run. */
  end(): void;
}

/** Begins a record of the parts that are to be started. */
export function recordStart(state: StateDir, parts: readonly string[]): StartProgress {
  const supervisor = ownIdentity();
  const startedAt = Date.now();
  const lines = new Map(parts.map((part) => [part, 'waits for its turn']));
  let hasEnded = false;
  const write = (): void => {
    if (!hasEnded) state.writeStart({ supervisor, startedAt, parts: Object.fromEntries(lines) });
  };
  write();
  return {
    doing(part, line) {
      if (hasEnded || !lines.has(part)) return;
      lines.set(part, line);
      write();
    },
    serves(part) {
      if (lines.delete(part)) write();
    },
    end() {
      hasEnded = true;
      state.clearStart();
    },
  };
}
