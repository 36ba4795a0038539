import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePort } from '#process/free-port.ts';
import { readJson, writeJson } from '#process/json-file.ts';
import { acquireLock, type Lock } from '#process/lock.ts';
import { makePassageFolder } from '#process/private-files.ts';
import type { ProcessIdentity } from '#process/identity.ts';
import type { ProcessExit } from '#process/process-exit.ts';
import { ServiceStartError, startService, whenReady, type ServiceProcess } from '#process/service-process.ts';
import { stopProcess, type StopStep } from '#process/stop-process.ts';
import { Client } from 'pg';
import { z } from 'zod';
import { choosePostgresAccount, type PostgresAccount } from './account.ts';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { createCluster, readPassword, SUPERUSER } from './cluster.ts';
import { clearLeftovers, STOP_POSTGRES } from './leftovers.ts';

export interface PostgresOptions {
  /** The folder for data, password and log; created when missing. It belongs to Postgres alone. */
  readonly dataDir: string;
  /** Default: the port of the last start when it is free, else any free one. */
  readonly port?: number;
  /** Receives one line of progress at a time. */
  readonly log: (line: string) => void;
}

export interface RunningPostgres {
  /** Connection string with the password: for configuration, not for logs. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly identity: ProcessIdentity;
  readonly logFile: string;
  /** Settles when the server ends, wanted or not. */
  readonly exited: Promise<ProcessExit>;
  /** Shuts the database down, in good order unless other steps are given. */
  stop(steps?: readonly StopStep[]): Promise<void>;
}

interface Installation {
  readonly home: string;
  readonly data: string;
  readonly logFile: string;
  readonly binaries: PostgresBinaries;
  readonly account: PostgresAccount;
  readonly log: (line: string) => void;
}

const DATABASE = 'signalman';
const READY_TIMEOUT_MS = 60_000;
const START_ATTEMPTS = 20;
const RETRY_MS = 250;

/** Where a server in this folder logs. */
export const postgresLog = (dataDir: string): string => join(resolve(dataDir), 'postgres.log');

/**
 * Starts the embedded Postgres on 127.0.0.1: creates its data at the first start, reuses them at the next, recovers
 * them after a crash. It ends when this process does; a server that is still left on the same data is stopped first.
 *
 * @throws {LockHeldError} while another live process runs a server on the same data.
 * @throws {PostgresUnavailableError | ServiceStartError} with the reason and what to do.
 */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const home = resolve(options.dataDir);
  makePassageFolder(home);
  const lock = acquireLock(join(home, 'lock'));
  try {
    return await startLocked(home, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(home: string, lock: Lock, options: PostgresOptions): Promise<RunningPostgres> {
  const data = join(home, 'data');
  const binaries = findPostgresBinaries();
  const account = choosePostgresAccount(data, [binaries.postgres, data]);
  const installation = {
    home,
    data,
    logFile: postgresLog(home),
    binaries,
    account,
    log: options.log,
  };
  if (existsSync(data)) await clearLeftovers(data, options.log);
  else await createCluster(home, binaries, account, options.log);
  const { service, port } = await startServer(installation, options.port);
  const exited = service.exited.finally(() => lock.release());
  options.log(`Postgres listens on 127.0.0.1:${port}`);
  return {
    url: urlOf(home, port, DATABASE),
    port,
    pid: service.identity.pid,
    identity: service.identity,
    logFile: installation.logFile,
    exited,
    async stop(steps = STOP_POSTGRES) {
      await stopProcess(service.identity, steps);
      await exited;
    },
  };
}

/** Two things pass by themselves: backends of a killed server that are still ending, and a port just taken. */
async function startServer(
  installation: Installation,
  fixedPort: number | undefined,
): Promise<{ service: ServiceProcess; port: number }> {
  const portFile = join(installation.home, 'port.json');
  let wished = fixedPort ?? z.int().safeParse(readJson(portFile)).data;
  for (let attempt = 1; ; attempt += 1) {
    const port = fixedPort ?? (await freePort(wished));
    try {
      const service = await startOnce(installation, port);
      writeJson(portFile, port);
      return { service, port };
    } catch (error) {
      if (attempt === START_ATTEMPTS || !passesByItself(error)) throw error;
      wished = undefined;
      await new Promise((wake) => setTimeout(wake, RETRY_MS));
    }
  }
}

async function startOnce({ home, data, logFile, binaries, account }: Installation, port: number) {
  const service = await startService({
    ...account.command(binaries.postgres, serverArgs(data, port)),
    logFile,
    whenOwnerEnds: STOP_POSTGRES,
  });
  const limits = { name: 'Postgres', timeoutMs: READY_TIMEOUT_MS, pollMs: 20 };
  try {
    await whenReady(service, limits, () => ensureDatabase(urlOf(home, port, 'postgres')));
  } catch (error) {
    await stopProcess(service.identity, STOP_POSTGRES);
    throw error;
  }
  return service;
}

function passesByItself(error: unknown): boolean {
  if (!(error instanceof ServiceStartError)) return false;
  return /still in use|could not bind/.test(error.log);
}

function serverArgs(data: string, port: number): string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    // No socket file: it would lie in /tmp, open to every user, and go stale there.
    unix_socket_directories: '',
    max_connections: 200,
    // A ledger: what was answered as committed is on disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    // Short queries only: compiling them or spreading them over processes costs more than it saves.
    jit: 'off',
    max_parallel_workers_per_gather: 0,
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return [
    '-D',
    data,
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ];
}

function urlOf(home: string, port: number, database: string): string {
  return `postgresql://${SUPERUSER}:${readPassword(home)}@127.0.0.1:${port}/${database}`;
}

async function ensureDatabase(connectionString: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5_000 });
  // A server that dies under the connection is reported by the query or by its exit, not by this event.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end().catch(() => {});
  }
}
