import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const TAIL_BYTES = 4_000;
const files: string[] = [];

/** Adds a worker's log to the message of a wait that fails in this test file. */
export const rememberLog = (file: string): void => void files.push(file);

/**
 * Returns the last lines of the newest worker's log, for the message of a failed test: the log itself is deleted after
 * the test.
 */
export function lastWords(): string {
  const file = files.at(-1);
  if (file === undefined) return '';
  try {
    return `\nthe worker's last words:\n${tailOf(file)}`;
  } catch (error) {
    return `\nthe worker's log cannot be read: ${String(error)}`;
  }
}

function tailOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(descriptor, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}
