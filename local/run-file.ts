import type { RunRecord, StateDir } from './state-dir.ts';

/** The record of a run on disk, as its processes change. */
export interface RunFile {
  /** Writes the record as it is now; where the disk takes nothing, it stays to be written. */
  write(): void;
  /** Writes what could not be written before, if anything. */
  writeAgain(): void;
}

/** `read` returns the record, or null while there is none. */
export function createRunFile(state: StateDir, read: () => RunRecord | null): RunFile {
  let isBehind = false;
  const write = (): void => {
    const record = read();
    if (record === null) return;
    try {
      state.writeRun(record);
      isBehind = false;
    } catch {
      isBehind = true;
    }
  };
  return {
    write,
    writeAgain() {
      if (isBehind) write();
    },
  };
}
