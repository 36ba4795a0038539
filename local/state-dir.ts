import { accessSync, constants } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { LEAST_ROOM_BYTES, roomAt, roomText } from '#process/disk-room.ts';
import { readJson, removeFile, writeJson } from '#process/json-file.ts';
import { acquireLock, lockHolder, LockHeldError, type Lock } from '#process/lock.ts';
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

const startRecord = z
  .object({
    supervisor: processIdentity,
    /** In epoch milliseconds. */
    startedAt: z.number(),
    /** The last line of progress of each part that does not serve yet, by its name. */
    starting: z.record(z.string(), z.string()),
    /** The processes that serve already. */
    serving: z.record(z.string(), partRecord),
  })
  .readonly();

/** How far a start has come, kept in `start.json` for `signalman status`. */
export type StartRecord = z.infer<typeof startRecord>;

/** What a state folder says about the system in it. Reading it makes nothing and needs no right to write. */
export interface StateRecords {
  /** The live process that uses the folder, if any. */
  user(): ProcessIdentity | undefined;
  /** The record of the run that is going on; undefined when there is none or its supervisor has died. */
  currentRun(): RunRecord | undefined;
  /** The record of a start that is going on. */
  currentStart(): StartRecord | undefined;
  /** The record as the last run left it, whether it still runs or not. */
  lastRun(): RunRecord | undefined;
}

/** The folder (`.signalman/`) that holds everything local: databases, logs, the lock and the run record. */
export interface StateDir extends StateRecords {
  readonly root: string;
  /** The folder of one service, created when missing; no other user can enter it. */
  folder(name: string): string;
  logFile(name: string): string;
  /** Makes this process the folder's only user. @throws {StateDirInUseError} while another one is. */
  lock(): Lock;
  /** @throws {StateDirGoneError} when the folder was removed, or taken over, since this process locked it. */
  assertHeld(): void;
  writeRun(run: RunRecord): void;
  clearRun(): void;
  writeStart(start: StartRecord): void;
  clearStart(): void;
}

/** The state folder cannot be made or written. */
export class StateDirError extends Error {
  override readonly name = 'StateDirError';
  readonly code = 'state_dir_unusable';
}

/** A system runs in the state folder already. */
export class StateDirInUseError extends Error {
  override readonly name = 'StateDirInUseError';
  readonly code = 'state_dir_in_use';
}

/** The state folder was removed while it was in use. */
export class StateDirGoneError extends Error {
  override readonly name = 'StateDirGoneError';
  readonly code = 'state_dir_gone';
}

const runFile = (root: string): string => join(root, 'run.json');
const startFile = (root: string): string => join(root, 'start.json');
const lockFile = (root: string): string => join(root, 'lock');

/** Opens the state folder, creating it when missing. @throws {StateDirError} when it cannot be written. */
export function openStateDir(path: string): StateDir {
  const root = resolve(path);
  makeUsable(root);
  const folder = (name: string): string => makePrivateFolder(join(root, name));
  return {
    ...readStateDir(root),
    root,
    folder,
    logFile: (name) => join(folder('logs'), `${name}.log`),
    lock: () => lockFolder(root),
    assertHeld() {
      if (lockHolder(lockFile(root))?.pid === process.pid) return;
      throw new StateDirGoneError(`the state folder ${root} was removed while it was in use`);
    },
    writeRun: (run) => writeJson(runFile(root), run),
    clearRun: () => removeFile(runFile(root)),
    writeStart: (start) => writeJson(startFile(root), start),
    clearStart: () => removeFile(startFile(root)),
  };
}

/** Reads what runs in a state folder, which need not be there. */
export function readStateDir(path: string): StateRecords {
  const root = resolve(path);
  const lastRun = (): RunRecord | undefined => runRecord.safeParse(readJson(runFile(root))).data;
  return {
    user: () => lockHolder(lockFile(root)),
    currentRun: () => ifRunning(lastRun()),
    currentStart: () => ifRunning(startRecord.safeParse(readJson(startFile(root))).data),
    lastRun,
  };
}

const ifRunning = <Kept extends { supervisor: ProcessIdentity }>(kept: Kept | undefined): Kept | undefined =>
  kept && isRunning(kept.supervisor) ? kept : undefined;

function lockFolder(root: string): Lock {
  try {
    return acquireLock(lockFile(root));
  } catch (error) {
    if (!(error instanceof LockHeldError)) throw error;
    throw new StateDirInUseError(
      `a system runs in ${root} already, as process ${error.holder.pid}: see it with npx signalman status, end it, ` +
        'or give this one a folder of its own with SIGNALMAN_STATE_DIR',
      { cause: error },
    );
  }
}

function makeUsable(root: string): void {
  try {
    makePassageFolder(root);
    accessSync(root, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(root, error instanceof Error ? error.message : String(error), { cause: error });
  }
  const room = roomAt(root);
  if (room === null || room >= LEAST_ROOM_BYTES) return;
  throw unusable(
    root,
    `its disk is full: ${roomText(room)} are left, ${roomText(LEAST_ROOM_BYTES)} are needed`,
  );
}

const unusable = (root: string, why: string, options?: ErrorOptions): StateDirError =>
  new StateDirError(
    `the state folder ${root} cannot be used (${why}): choose another with SIGNALMAN_STATE_DIR`,
    options,
  );
