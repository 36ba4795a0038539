import { fileURLToPath } from 'node:url';
import { ensureMasterKey, apiKeyFile, readSecretFile } from '#config/secret-files.ts';
import {
  DEFAULT_API_PORT,
  DEFAULT_NAMESPACE,
  loadConfig,
  readEnvironment,
  type Environment,
} from '#config/env.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { migrate } from '#prisma/migrate.ts';
import { connectClient } from '#temporal/connection.ts';
import { SEARCH_ATTRIBUTES } from '#temporal/search-attributes.ts';
import type { Client } from '@temporalio/client';
import { createApiClient, type ApiClient } from '../api-client.ts';
import { freePorts } from '../services/free-port.ts';
import { ownIdentity, type ProcessIdentity } from '../services/process-identity.ts';
import {
  provideDatabase,
  provideTemporal,
  type ProvidedDatabase,
  type ProvidedTemporal,
} from '../services/provide.ts';
import type { StateDir } from '../services/state-dir.ts';
import { stopAll, type Stoppable } from '../services/stop-all.ts';
import { stopProcess, type StopStep } from '../services/stop-process.ts';
import type { SandboxRoleOptions } from '../roles/sandbox.ts';
import { superviseRole, type SupervisedRole } from './supervised-role.ts';

/** Everything a signal needs on its way, running on this machine; the workers only after {@link startWorkers}. */
export interface DemoSystem {
  db: Database;
  temporal: Client;
  api: ApiClient;
  state: StateDir;
  logsFolder: string;
  sandboxUrl: string;
  apiUrl: string;
  temporalUiUrl: string | null;
  startWorkers(): Promise<void>;
  /** Rejects when a part is gone that cannot be started again. */
  broken: Promise<never>;
  /** How often a process of ours had to be started again. */
  restarts(): number;
  /** Ends every process, each in good order and after those that need it. */
  stop(): Promise<void>;
  /** Ends every process at once, whatever it is doing. */
  kill(): Promise<void>;
}

export interface SystemOptions {
  state: StateDir;
  env: NodeJS.ProcessEnv;
  sandbox: SandboxRoleOptions;
  /** Receives a line of progress of one part. */
  log: (part: string, line: string) => void;
  /** Aborted: nothing more is started. */
  signal: AbortSignal;
}

const KILL: readonly StopStep[] = [{ signal: 'SIGKILL', waitMs: 5_000 }];
const script = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const SANDBOX = script('cli/roles/sandbox.ts');
const API = script('api/server.ts');
const WORKER = script('workers/main.ts');

/** Starts the services and the API. Nothing is left running when it throws. */
export async function startSystem(options: SystemOptions): Promise<DemoSystem> {
  const started: Stoppable[] = [];
  try {
    return await startParts(options, started);
  } catch (error) {
    await stopAll(started).catch(() => undefined);
    throw error;
  }
}

async function startParts(options: SystemOptions, started: Stoppable[]): Promise<DemoSystem> {
  const { state, env, signal } = options;
  const given = readEnvironment(env);
  await stopOrphans(options);
  const lock = state.lock();
  started.push({
    name: 'the state folder',
    stop: async () => {
      state.clearRun();
      lock.release();
    },
  });
  const [apiPort = 0, sandboxPort = 0] = await freePorts([
    given.SIGNALMAN_API_PORT ?? DEFAULT_API_PORT,
    undefined,
  ]);
  const roles = new Roles(options);
  const [database, temporal, sandbox] = await allStarted(started, [
    startDatabase(options, given),
    startTemporal(options, given),
    roles.start('sandbox', {
      script: SANDBOX,
      env,
      args: (restart) => [
        JSON.stringify({ ...options.sandbox, port: sandboxPort, startPaused: restart === 0 }),
      ],
    }),
  ]);
  signal.throwIfAborted();
  const sandboxUrl = String(sandbox.ready['url']);
  const childEnv = environmentOf(options, given, { database, temporal, sandboxUrl, apiPort });
  const api = await roles.start('api', { script: API, env: childEnv });
  started.push(api);
  const apiUrl = String(api.ready['url']);
  const writeRun = (): void =>
    state.writeRun({
      supervisor: ownIdentity(),
      databaseUrl: database.url,
      temporalAddress: temporal.address,
      temporalNamespace: temporal.namespace,
      ...(temporal.uiUrl !== undefined && { temporalUiUrl: temporal.uiUrl }),
      apiUrl,
      sandboxUrl,
      roles: roles.identities(),
    });
  roles.onChange = writeRun;
  writeRun();
  const db = openDatabase(database.url, { poolSize: 2 });
  started.push({ name: 'the books', stop: () => db.$disconnect() });
  const client = await connectClient(loadConfig(childEnv).temporal);
  started.push({ name: 'the Temporal client', stop: () => client.connection.close() });
  signal.throwIfAborted();
  const broken = Promise.race([roles.failed, endOf('Postgres', database), endOf('Temporal', temporal)]);
  // Their wanted end, later on, is nobody's concern.
  broken.catch(() => undefined);
  return {
    db,
    temporal: client,
    api: createApiClient({
      url: apiUrl,
      key: given.SIGNALMAN_API_KEY ?? readSecretFile(apiKeyFile(state.root)),
    }),
    state,
    logsFolder: state.folder('logs'),
    sandboxUrl,
    apiUrl,
    temporalUiUrl: temporal.uiUrl ?? null,
    async startWorkers() {
      started.push(await roles.start('worker', { script: WORKER, env: childEnv }));
      writeRun();
    },
    broken,
    restarts: () => roles.restarts(),
    stop: () => stopAll(started),
    async kill() {
      await Promise.allSettled([roles.kill(), database.stop(), temporal.stop()]);
    },
  };
}

/** A killed run's processes may still be closing, on the same files. */
async function stopOrphans({ state, log }: SystemOptions): Promise<void> {
  if (state.user() !== undefined) return;
  for (const [name, identity] of Object.entries(state.lastRun()?.roles ?? {})) {
    await stopProcess(identity).catch((error: unknown) => log(name, String(error)));
  }
}

async function startDatabase({ state, log }: SystemOptions, given: Environment): Promise<ProvidedDatabase> {
  const say = (line: string): void => log('postgres', line);
  const database = await provideDatabase(given.DATABASE_URL, state, say);
  try {
    await migrate(database.url, { log: say });
    return database;
  } catch (error) {
    await database.stop();
    throw error;
  }
}

const startTemporal = ({ state, env, log }: SystemOptions, given: Environment): Promise<ProvidedTemporal> =>
  provideTemporal(
    {
      address: given.TEMPORAL_ADDRESS,
      cliPath: env['TEMPORAL_CLI_PATH'],
      namespace: given.TEMPORAL_NAMESPACE ?? DEFAULT_NAMESPACE,
      searchAttributes: Object.values(SEARCH_ATTRIBUTES),
      env,
    },
    state,
    (line) => log('temporal', line),
  );

/** Waits for all of them, also when one fails, so that each that runs is known and can be stopped. */
async function allStarted<Parts extends readonly Promise<Stoppable>[]>(
  started: Stoppable[],
  parts: readonly [...Parts],
): Promise<{ [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  const settled = await Promise.allSettled(parts);
  for (const part of settled) if (part.status === 'fulfilled') started.push(part.value);
  return Promise.all(parts);
}

interface Addresses {
  database: ProvidedDatabase;
  temporal: ProvidedTemporal;
  sandboxUrl: string;
  apiPort: number;
}

function environmentOf(
  { env, state, log }: SystemOptions,
  given: Environment,
  { database, temporal, sandboxUrl, apiPort }: Addresses,
): NodeJS.ProcessEnv {
  if (given.HYPERLIQUID_URL !== undefined) {
    log('demo', 'HYPERLIQUID_URL is not used: the demo trades at its own sandbox only');
  }
  return {
    ...env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    HYPERLIQUID_URL: sandboxUrl,
    HYPERLIQUID_NETWORK: 'testnet',
    SIGNALMAN_STATE_DIR: state.root,
    SIGNALMAN_MASTER_KEY: given.SIGNALMAN_MASTER_KEY ?? ensureMasterKey(state.root),
    SIGNALMAN_API_PORT: String(apiPort),
  };
}

/** Our own processes. */
class Roles {
  readonly #options: SystemOptions;
  readonly #all = new Map<string, SupervisedRole>();
  readonly #failed = Promise.withResolvers<never>();
  onChange: () => void = () => undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    this.#failed.promise.catch(() => undefined);
  }

  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async start(
    name: string,
    how: { script: string; env: NodeJS.ProcessEnv; args?: (restart: number) => readonly string[] },
  ): Promise<SupervisedRole> {
    const { state, log } = this.#options;
    const role = await superviseRole({
      ...how,
      name,
      logFile: state.logFile(name),
      log: (line) => log(name, line),
      onRestart: () => this.onChange(),
    });
    log(name, `runs (pid ${role.identity.pid})`);
    role.failed.catch((error: unknown) => this.#failed.reject(error));
    this.#all.set(name, role);
    return role;
  }

  identities(): Record<string, ProcessIdentity> {
    return Object.fromEntries([...this.#all].map(([name, { identity }]) => [name, identity]));
  }

  async kill(): Promise<void> {
    await Promise.allSettled([...this.#all.values()].map((role) => role.stop(KILL)));
  }

  restarts(): number {
    return [...this.#all.values()].reduce((total, role) => total + role.restarts, 0);
  }
}

async function endOf(name: string, { exited, logFile }: ProvidedDatabase | ProvidedTemporal): Promise<never> {
  await exited;
  throw new Error(`${name} has ended unasked${logFile === undefined ? '' : `; its log is ${logFile}`}`);
}
