import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isMainThread } from 'node:worker_threads';

/** Takes every right from the group and from others. */
const PRIVATE_UMASK = 0o077;

/** Files that this process and its children make from now on are for its user alone. */
export function keepFilesPrivate(): void {
  process.umask(PRIVATE_UMASK);
}

/** Runs `spawn` under a mask with which its child makes files for its user alone. */
export function withPrivateFiles<T>(spawn: () => T): T {
  // A thread cannot set the mask, which belongs to the whole process.
  if (!isMainThread) return spawn();
  const before = process.umask(PRIVATE_UMASK);
  try {
    return spawn();
  } finally {
    process.umask(before);
  }
}

/** Makes a folder that this user alone can enter; closes one of this user's that others could. Returns the path. */
export function makePrivateFolder(path: string): string {
  makeFolder(path);
  const { mode, uid } = statSync(path);
  if ((mode & PRIVATE_UMASK) !== 0 && uid === process.getuid?.()) chmodSync(path, 0o700);
  return path;
}

/**
 * Makes a folder in which the Postgres of a root user has its data: another user runs it and must get through, but
 * cannot list it. Returns the path.
 */
export function makePassageFolder(path: string): string {
  if (makeFolder(path) && process.getuid?.() === 0) chmodSync(path, 0o711);
  return path;
}

/**
 * Makes a folder, and those above it that are missing, for this user alone. Returns whether it was missing. Node's own
 * `recursive` does not end where the system says of an existing folder that it does not exist, as `/proc` does.
 */
function makeFolder(path: string): boolean {
  if (existsSync(path)) return false;
  makeFolder(dirname(path));
  try {
    mkdirSync(path, { mode: 0o700 });
    return true;
  } catch (error) {
    // Another process was faster.
    if (existsSync(path)) return false;
    throw error;
  }
}
