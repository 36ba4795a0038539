import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';

const ROTATE_ABOVE_BYTES = 16 * 1024 * 1024;

/**
 * Opens a log for appending and hands its descriptor to `use`, typically to a child process that keeps its own
 * copy. A log that has grown beyond 16 MB is moved to `<path>.1` first.
 */
export function withLogFile<T>(path: string, use: (descriptor: number) => T): T {
  if (existsSync(path) && statSync(path).size > ROTATE_ABOVE_BYTES) renameSync(path, `${path}.1`);
  const descriptor = openSync(path, 'a', 0o600);
  try {
    return use(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Where a log ends now: what comes later belongs to whoever writes from now on. */
export function endOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** The last lines of a log, none from before byte `from`, for an error a person must act on. */
export function tailOf(path: string, from = 0, lines = 15): string {
  if (!existsSync(path)) return '';
  const text = readFileSync(path).subarray(from).toString('utf8');
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
