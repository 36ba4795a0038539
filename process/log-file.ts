import {
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';

const ROTATE_ABOVE_BYTES = 16 * 1024 * 1024;
/** Lines for a person are within this many bytes of a log's end. */
const TAIL_BYTES = 64 * 1024;

/**
 * Opens a log for appending and hands its descriptor to `use`, typically to a child process that keeps its own
 * copy.
 */
export function withLogFile<T>(path: string, use: (descriptor: number) => T): T {
  rotateLog(path);
  const descriptor = openSync(path, 'a', 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Copies a log that has grown beyond 16 MB to `<path>.1`, in place of the copy before, and empties it: the process
 * that writes it goes on writing. Lines written while it is copied are lost. On a full disk nothing is kept.
 */
export function rotateLog(path: string, aboveBytes = ROTATE_ABOVE_BYTES): void {
  if (!existsSync(path) || statSync(path).size <= aboveBytes) return;
  const kept = `${path}.1`;
  rmSync(kept, { force: true });
  try {
    copyFileSync(path, kept);
  } catch {
    rmSync(kept, { force: true });
  }
  truncateSync(path);
}

/** Where a log ends now: what comes later belongs to the process that writes from now on. */
export function endOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** The last lines of a log, none from before byte `from`, for an error a person must act on. */
export function tailOf(path: string, from = 0, lines = 15): string {
  const size = endOf(path);
  // A log that was emptied since holds nothing older.
  const start = Math.max(from > size ? 0 : from, size - TAIL_BYTES);
  return readFrom(path, start, size).trimEnd().split('\n').slice(-lines).join('\n');
}

function readFrom(path: string, start: number, end: number): string {
  if (end <= start) return '';
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(end - start);
    const read = readSync(file, bytes, 0, bytes.length, start);
    return bytes.toString('utf8', 0, read);
  } finally {
    closeSync(file);
  }
}
