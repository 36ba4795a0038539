import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { errorCode } from '#process/error-code.ts';
import { readJson, removeFile, writeJson } from '#process/json-file.ts';
import { acquireLock, lockHolder, type Lock } from '#process/lock.ts';
import { makePassageFolder, makePrivateFolder } from '#process/private-files.ts';
import { isRunning, processIdentity, type ProcessIdentity } from '#process/identity.ts';
import { ostiumSandboxReady } from './roles/ostium-sandbox-ready.ts';

const partRecord = processIdentity
  .unwrap()
  .extend({
    /** When this process of the part began to serve, in epoch milliseconds. */
    since: z.number(),
    restarts: z.int(),
    logFile: z.string(),
  })
  .readonly();

/** A process of a run. */
export type PartRecord = z.infer<typeof partRecord>;

const runRecord = z
  .object({
    /** The process that started all this. */
    supervisor: processIdentity,
    /** When it was started, in epoch milliseconds. */
    startedAt: z.number(),
    databaseUrl: z.string(),
    temporalAddress: z.string(),
    temporalNamespace: z.string(),
    temporalUiUrl: z.string().optional(),
    apiUrl: z.string().optional(),
    sandboxUrl: z.string().optional(),
    /** The addresses of Ostium's sandbox, where it runs. */
    ostium: ostiumSandboxReady.optional(),
    /** Embedded servers of others: `postgres`, `temporal`. */
    services: z.record(z.string(), partRecord),
    /** Our own processes by role name, e.g. `worker`. */
    roles: z.record(z.string(), partRecord),
  })
  .readonly();

/** What runs in a state folder, kept in `run.json` for the other commands (`trades`, `doctor`, ...). */
export type RunRecord = z.infer<typeof runRecord>;

/** The folder (`.signalman/`) that holds everything local: databases, logs, the lock and the run record. */
export interface StateDir {
  readonly root: string;
  /** The folder of one service, created when missing; no other user can enter it. */
  folder(name: string): string;
  logFile(name: string): string;
  /** Makes this process the folder's only user. @throws {LockHeldError} while another one is. */
  lock(): Lock;
  /** @throws {StateDirGoneError} when the folder was removed, or taken over, since this process locked it. */
  assertHeld(): void;
  /** The live process that uses the folder, if any. */
  user(): ProcessIdentity | undefined;
  /** The record of the run that is going on; undefined when there is none or its supervisor has died. */
  currentRun(): RunRecord | undefined;
  /** The record as the last run left it, whether it still runs or not. */
  lastRun(): RunRecord | undefined;
  writeRun(run: RunRecord): void;
  clearRun(): void;
}

/** The state folder cannot be made or written. */
export class StateDirError extends Error {
  override readonly name = 'StateDirError';
  readonly code = 'state_dir_unusable';
}

/** The state folder was removed while it was in use. */
export class StateDirGoneError extends Error {
  override readonly name = 'StateDirGoneError';
  readonly code = 'state_dir_gone';
}

/** Opens the state folder, creating it when missing. @throws {StateDirError} when it cannot be written. */
export function openStateDir(path: string): StateDir {
  const root = resolve(path);
  makeUsable(root);
  const runFile = join(root, 'run.json');
  const lockFile = join(root, 'lock');
  const folder = (name: string): string => makePrivateFolder(join(root, name));
  const lastRun = (): RunRecord | undefined => runRecord.safeParse(readJson(runFile)).data;
  return {
    root,
    folder,
    logFile: (name) => join(folder('logs'), `${name}.log`),
    lock: () => acquireLock(lockFile),
    assertHeld() {
      if (lockHolder(lockFile)?.pid === process.pid) return;
      throw new StateDirGoneError(`the state folder ${root} was removed while it was in use`);
    },
    user: () => lockHolder(lockFile),
    currentRun() {
      const run = lastRun();
      return run && isRunning(run.supervisor) ? run : undefined;
    },
    lastRun,
    writeRun: (run) => writeJson(runFile, run),
    clearRun: () => removeFile(runFile),
  };
}

function makeUsable(root: string): void {
  try {
    makePassageFolder(root);
    accessSync(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    const why = errorCode(error) ?? String(error);
    throw new StateDirError(
      `the state folder ${root} cannot be used (${why}): choose another with SIGNALMAN_STATE_DIR`,
      { cause: error },
    );
  }
}
