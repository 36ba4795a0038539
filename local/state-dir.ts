import { join, resolve } from 'node:path';
import { z } from 'zod';
import { readJson, removeFile, writeJson } from '#process/json-file.ts';
import { acquireLock, lockHolder, type Lock } from '#process/lock.ts';
import { makePassageFolder, makePrivateFolder } from '#process/private-files.ts';
import { isRunning, processIdentity, type ProcessIdentity } from '#process/identity.ts';

const runRecord = z
  .object({
    /** The process that started all this. */
    supervisor: processIdentity,
    databaseUrl: z.string(),
    temporalAddress: z.string(),
    temporalNamespace: z.string(),
    temporalUiUrl: z.string().optional(),
    apiUrl: z.string().optional(),
    sandboxUrl: z.string().optional(),
    /** Our own children by role name, e.g. `worker`. */
    roles: z.record(z.string(), processIdentity),
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
  /** The live process that uses the folder, if any. */
  user(): ProcessIdentity | undefined;
  /** The record of the run that is going on; undefined when there is none or its supervisor has died. */
  currentRun(): RunRecord | undefined;
  /** The record as the last run left it, whether it still runs or not. */
  lastRun(): RunRecord | undefined;
  writeRun(run: RunRecord): void;
  clearRun(): void;
}

/** Opens the state folder, creating it when missing. */
export function openStateDir(path: string): StateDir {
  const root = resolve(path);
  makePassageFolder(root);
  const runFile = join(root, 'run.json');
  const lockFile = join(root, 'lock');
  const folder = (name: string): string => makePrivateFolder(join(root, name));
  const lastRun = (): RunRecord | undefined => runRecord.safeParse(readJson(runFile)).data;
  return {
    root,
    folder,
    logFile: (name) => join(folder('logs'), `${name}.log`),
    lock: () => acquireLock(lockFile),
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
