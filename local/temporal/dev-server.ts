import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from '#process/free-port.ts';
import { readJson, writeJson } from '#process/json-file.ts';
import { acquireLock, type Lock } from '#process/lock.ts';
import { makePrivateFolder } from '#process/private-files.ts';
import { findProcesses, identifyProcess, type ProcessIdentity } from '#process/identity.ts';
import type { ProcessExit } from '#process/process-exit.ts';
import { startService, whenReady, type ServiceProcess } from '#process/service-process.ts';
import { stopProcess, type StopStep } from '#process/stop-process.ts';
import { z } from 'zod';
import { findTemporalBinary, userCacheDir, type TemporalBinary } from './binary.ts';
import { dynamicConfigFlags } from './dynamic-config.ts';
import { ensureNamespace, type SearchAttribute } from '#temporal/namespace.ts';

export interface DevServerOptions {
  /** The folder for the database and the log; created when missing. It belongs to the server alone. */
  readonly stateDir: string;
  readonly searchAttributes: readonly SearchAttribute[];
  /** Default: `default`. */
  readonly namespace?: string;
  /** A temporal binary named by the user. */
  readonly cliPath?: string | undefined;
  /** The environment of the programs that are run. */
  readonly env: NodeJS.ProcessEnv;
  /** Where its Web UI has payloads opened. */
  readonly codecUrl?: string | undefined;
  /** Wished for at the first start, later starts keep their ports. Default: Temporal's own, 7233 and 8233. */
  readonly preferredPorts?: TemporalPorts;
  /** Those and no others, as for a start after a crash. */
  readonly fixedPorts?: FixedPorts;
  /** Receives one line of progress at a time. */
  readonly log: (line: string) => void;
}

export interface TemporalPorts {
  readonly grpc?: number | undefined;
  readonly ui?: number | undefined;
}

export interface FixedPorts {
  readonly grpc: number;
  readonly ui: number;
}

export interface RunningTemporal {
  readonly address: string;
  readonly uiUrl: string;
  readonly namespace: string;
  readonly ports: FixedPorts;
  readonly pid: number;
  readonly identity: ProcessIdentity;
  readonly binary: TemporalBinary;
  readonly logFile: string;
  /** Settles when the server ends, wanted or not. */
  readonly exited: Promise<ProcessExit>;
  stop(steps?: readonly StopStep[]): Promise<void>;
}

const READY_TIMEOUT_MS = 90_000;
/** How long a server of another version, which may say it in other words, is waited for before its address is trusted. */
const TOLD_WITHIN_MS = 10_000;
const START_ATTEMPTS = 5;
const STOP_TEMPORAL: readonly StopStep[] = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

const lastStart = z.object({ grpc: z.int(), ui: z.int(), serverVersion: z.string() });

/** Where a server in this folder logs. */
export const temporalLog = (stateDir: string): string => join(resolve(stateDir), 'temporal.log');

/**
 * Starts a Temporal development server on 127.0.0.1 with its history in a file, so that workflows outlive it. It
 * ends when this process does; a server that is still left on the same file is stopped first.
 *
 * @throws {LockHeldError} while another live process runs a server on the same file.
 * @throws {TemporalUnavailableError | ServiceStartError} with the reason and what to do.
 */
export async function startTemporal(options: DevServerOptions): Promise<RunningTemporal> {
  const home = resolve(options.stateDir);
  makePrivateFolder(home);
  const cacheDir = userCacheDir(options.env, homedir());
  const binary = await findTemporalBinary({ ...options, cacheDir });
  const lock = acquireLock(join(home, 'lock'));
  try {
    return await startLocked(home, binary, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function startLocked(
  home: string,
  binary: TemporalBinary,
  lock: Lock,
  options: DevServerOptions,
): Promise<RunningTemporal> {
  const database = join(home, 'temporal.db');
  const logFile = temporalLog(home);
  const last = lastStart.safeParse(readJson(join(home, 'last-start.json'))).data;
  warnOfOtherVersion(database, last?.serverVersion, binary, options.log);
  await stopLeftovers(database, options.log);
  const wishes = last ?? options.preferredPorts ?? { grpc: 7233, ui: 8233 };
  const { service, ports } = await startServer(binary, database, logFile, wishes, options);
  writeJson(join(home, 'last-start.json'), { ...ports, serverVersion: binary.serverVersion });
  const exited = service.exited.finally(() => lock.release());
  options.log(`Temporal listens on 127.0.0.1:${ports.grpc}, its Web UI is at ${uiUrlOf(ports)}`);
  return {
    address: `127.0.0.1:${ports.grpc}`,
    uiUrl: uiUrlOf(ports),
    namespace: namespaceOf(options),
    ports,
    pid: service.identity.pid,
    identity: service.identity,
    binary,
    logFile,
    exited,
    async stop(steps = STOP_TEMPORAL) {
      await stopProcess(service.identity, steps);
      await exited;
    },
  };
}

async function startServer(
  binary: TemporalBinary,
  database: string,
  logFile: string,
  wishes: TemporalPorts,
  options: DevServerOptions,
): Promise<{ service: ServiceProcess; ports: FixedPorts }> {
  let wished = wishes;
  for (let attempt = 1; ; attempt += 1) {
    const ports = options.fixedPorts ?? (await choosePorts(wished));
    const logged = logFrom(logFile);
    try {
      return { service: await startOnce({ binary, database, logFile, logged, ports }, options), ports };
    } catch (error) {
      // Somebody else was quicker with a port that was free a moment ago.
      if (options.fixedPorts || attempt === START_ATTEMPTS || !isPortTaken(logged())) throw error;
      wished = {};
    }
  }
}

interface ServerStart {
  binary: TemporalBinary;
  database: string;
  logFile: string;
  /** Reads what this start has logged. */
  logged: () => string;
  ports: FixedPorts;
}

async function startOnce(
  { binary, database, logFile, logged, ports }: ServerStart,
  options: DevServerOptions,
): Promise<ServiceProcess> {
  const args = serverArgs(database, ports, options);
  const service = await startService({
    file: binary.file,
    args,
    logFile,
    env: options.env,
    whenOwnerEnds: STOP_TEMPORAL,
  });
  const limits = { name: 'Temporal', timeoutMs: READY_TIMEOUT_MS, pollMs: 50 };
  const address = `127.0.0.1:${ports.grpc}`;
  const trustedAt = performance.now() + TOLD_WITHIN_MS;
  try {
    await whenReady(service, limits, async () => {
      // What answers at the address may be the server of another start, which was quicker with the port.
      const isOurs = /^Server: /m.test(logged()) || performance.now() >= trustedAt;
      if (!isOurs || service.hasExited()) throw new Error('it has not said that it listens');
      await ensureNamespace(address, namespaceOf(options), options.searchAttributes);
    });
  } catch (error) {
    await stopProcess(service.identity, STOP_TEMPORAL);
    throw error;
  }
  return service;
}

/** Returns a function that reads what is logged from now on. */
function logFrom(logFile: string): () => string {
  const from = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  return () => {
    const log = readFileSync(logFile);
    // A log that is shorter was begun anew.
    return log.subarray(log.length >= from ? from : 0).toString();
  };
}

function serverArgs(database: string, ports: FixedPorts, options: DevServerOptions): string[] {
  const flags: [string, string][] = [
    ['--ip', '127.0.0.1'],
    ['--ui-ip', '127.0.0.1'],
    ['--port', String(ports.grpc)],
    ['--ui-port', String(ports.ui)],
    ['--db-filename', database],
    // Written ahead and still synced at every commit: as safe as SQLite's default, in about half the time.
    ['--sqlite-pragma', 'journal_mode=wal'],
    ['--namespace', namespaceOf(options)],
    ...(options.codecUrl === undefined
      ? []
      : [['--ui-codec-endpoint', options.codecUrl] satisfies [string, string]]),
    ['--log-level', 'error'],
    ['--log-format', 'json'],
    ...options.searchAttributes.map(({ name, type }): [string, string] => [
      '--search-attribute',
      `${name}=${type.replaceAll('_', '')}`,
    ]),
  ];
  return ['server', 'start-dev', ...flags.flat(), ...dynamicConfigFlags()];
}

/** An orphan has the database open: two servers on one file would corrupt each other's view of it. */
async function stopLeftovers(database: string, log: (line: string) => void): Promise<void> {
  for (const { pid } of findProcesses('server start-dev', `--db-filename ${database} `)) {
    const identity = identifyProcess(pid);
    if (!identity) continue;
    log(`stopping Temporal (pid ${pid}) that an earlier run left behind`);
    await stopProcess(identity, STOP_TEMPORAL);
  }
}

function warnOfOtherVersion(
  database: string,
  lastVersion: string | undefined,
  binary: TemporalBinary,
  log: (line: string) => void,
): void {
  if (!existsSync(database) || lastVersion === undefined || lastVersion === binary.serverVersion) return;
  log(
    `${database} was last used by server ${lastVersion}, now by ${binary.serverVersion}; should it refuse to start, ` +
      'give the former with TEMPORAL_CLI_PATH or remove the file',
  );
}

async function choosePorts(wished: TemporalPorts): Promise<FixedPorts> {
  const [grpc, ui] = await freePorts([wished.grpc, wished.ui]);
  if (grpc === undefined || ui === undefined) throw new Error('two ports were asked for');
  return { grpc, ui };
}

const isPortTaken = (log: string): boolean => /address already in use|can't set .*port/.test(log);

function uiUrlOf(ports: FixedPorts): string {
  return `http://127.0.0.1:${ports.ui}`;
}

function namespaceOf(options: DevServerOptions): string {
  return options.namespace ?? 'default';
}
