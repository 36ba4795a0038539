import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { errorCode } from './error-code.ts';
import { removeFile } from './json-file.ts';
import { isRunning, ownIdentity, processIdentity, type ProcessIdentity } from './identity.ts';

export interface Lock {
  /** Lets go of the lock; harmless when called twice. */
  release(): void;
}

/** Another live process holds the lock. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError';
  readonly code = 'lock_held';
  readonly holder: ProcessIdentity;

  constructor(path: string, holder: ProcessIdentity) {
    super(`${path} is held by process ${holder.pid}, which is still running; stop it first`);
    this.holder = holder;
  }
}

/**
 * Takes the lock file, or takes it over from a process that is dead or whose pid now names another program.
 *
 * @throws {LockHeldError} while its holder runs.
 */
export function acquireLock(path: string): Lock {
  const content = JSON.stringify({ ...ownIdentity(), token: randomUUID() });
  // A process that loses three times, because many start at once, is told which one won.
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (createWith(path, content)) return lockOf(path, content);
    const found = read(path);
    if (found === undefined) continue;
    const holder = liveHolder(found);
    if (holder) throw new LockHeldError(path, holder);
    discardStale(path, found);
  }
  throw new Error(`${path} changes hands too quickly; try again`);
}

/** As {@link acquireLock}, but waits until the holder lets go, for at most `waitMs`. */
export async function waitForLock(
  path: string,
  waitMs: number,
  onWait?: (pid: number) => void,
): Promise<Lock> {
  const deadline = performance.now() + waitMs;
  for (let told = false; ; told = true) {
    try {
      return acquireLock(path);
    } catch (error) {
      if (!(error instanceof LockHeldError) || performance.now() >= deadline) throw error;
      if (!told) onWait?.(error.holder.pid);
      await delay(200);
    }
  }
}

/** The live process that holds the lock file, or undefined. */
export function lockHolder(path: string): ProcessIdentity | undefined {
  const content = read(path);
  return content === undefined ? undefined : liveHolder(content);
}

function lockOf(path: string, content: string): Lock {
  return {
    release() {
      if (read(path) === content) removeFile(path);
    },
  };
}

/** A hard link appears with its content in it: no process reads half a lock. */
function createWith(path: string, content: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    removeFile(draft);
  }
}

/** Moves the stale lock aside. If another starter was quicker and it is the new lock we moved, it goes back. */
function discardStale(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = read(aside);
  if (moved !== undefined && moved !== stale) createWith(path, moved);
  removeFile(aside);
}

function liveHolder(content: string): ProcessIdentity | undefined {
  const identity = parseContent(content);
  return identity && isRunning(identity) ? identity : undefined;
}

function parseContent(content: string): ProcessIdentity | undefined {
  try {
    return processIdentity.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
