import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, identifyProcess, type ProcessIdentity } from '#process/identity.ts';
import { stopProcess, type StopStep } from '#process/stop-process.ts';

/** Fast shutdown, then immediate shutdown (the next start recovers), then no more asking. */
export const STOP_POSTGRES: readonly StopStep[] = [
  { signal: 'SIGINT', waitMs: 10_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/**
 * Makes way for a new start on `dataDir` after a run that was killed: stops a server that still runs there and sees
 * to it that a stale `postmaster.pid` does not keep the new one from starting.
 *
 * The caller must hold the lock of the data, so that no live supervisor's server is taken for a leftover.
 */
export async function clearLeftovers(dataDir: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const server = orphanOf(pidFile, dataDir);
  if (server) {
    log(`stopping Postgres (pid ${server.pid}) that an earlier run left behind`);
    await stopProcess(server, STOP_POSTGRES);
  }
  if (existsSync(pidFile)) disownPidFile(pidFile);
}

function orphanOf(pidFile: string, dataDir: string): ProcessIdentity | undefined {
  const pid = readPid(pidFile);
  if (pid === undefined) return undefined;
  const isOurs = `${commandOf(pid) ?? ''} `.includes(` -D ${dataDir} `);
  return isOurs ? identifyProcess(pid) : undefined;
}

/**
 * Postgres refuses to start while the pid in the file is alive, and after a crash that pid may by now belong to
 * anybody. Deleting the file would also delete the id of the shared memory by which it tells whether old backends
 * still write to the data. So the file stays, and its pid becomes ours: Postgres knows its parent is no Postgres.
 */
function disownPidFile(pidFile: string): void {
  const rest = readFileSync(pidFile, 'utf8').split('\n').slice(1);
  writeFileSync(pidFile, [String(process.pid), ...rest].join('\n'));
}

function readPid(pidFile: string): number | undefined {
  if (!existsSync(pidFile)) return undefined;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n', 1)[0]);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}
