import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** Replaces a file in one step: a reader, or the next start after a crash, sees the old content or the new. */
export function writeFileAtomic(path: string, content: string): void {
  const draft = `${path}.${process.pid}.${randomUUID().slice(0, 8)}`;
  try {
    writeWhole(draft, content);
    renameSync(draft, path);
  } catch (error) {
    removeFile(draft);
    throw error;
  }
}

function writeWhole(draft: string, content: string): void {
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

export function writeJson(path: string, value: unknown): void {
  writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** The parsed content, or undefined when the file is missing or not JSON. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

export function removeFile(path: string): void {
  rmSync(path, { force: true });
}
