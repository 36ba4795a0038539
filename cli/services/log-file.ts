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

/** The last lines of a log, for an error a person must act on. */
export function tailOf(path: string, lines = 15): string {
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}
