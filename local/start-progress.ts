import { ownIdentity } from '#process/identity.ts';
import type { PartRecord, StateDir } from './state-dir.ts';

/** Keeps in the state folder how far a start has come, for `signalman status`. */
export interface StartProgress {
  /** When the start began, in epoch milliseconds. */
  readonly startedAt: number;
  /** A part that does not serve yet says what it is doing. */
  doing(part: string, line: string): void;
  serves(part: string, record: PartRecord): void;
  /** The start is over; what comes later is in the record of the run. */
  end(): void;
}

/** Begins a record of the parts that are to be started. */
export function recordStart(state: StateDir, parts: readonly string[]): StartProgress {
  const supervisor = ownIdentity();
  const startedAt = Date.now();
  const starting = new Map(parts.map((part) => [part, 'waits for its turn']));
  const serving: Record<string, PartRecord> = {};
  let hasEnded = false;
  const write = (): void => {
    if (hasEnded) return;
    state.writeStart({ supervisor, startedAt, starting: Object.fromEntries(starting), serving });
  };
  write();
  return {
    startedAt,
    doing(part, line) {
      if (!starting.has(part)) return;
      starting.set(part, line);
      write();
    },
    serves(part, record) {
      starting.delete(part);
      serving[part] = record;
      write();
    },
    end() {
      hasEnded = true;
      state.clearStart();
    },
  };
}
