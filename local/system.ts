import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_API_PORT, loadConfig, readEnvironment, type Environment } from '#config/env.ts';
import { apiKeyFile, ensureMasterKey, readSecretFile } from '#config/secret-files.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { connectClient } from '#temporal/connection.ts';
import type { Client } from '@temporalio/client';
import { createApiClient, type ApiClient } from '#api/client.ts';
import type { SandboxRoleOptions } from './roles/hyperliquid-sandbox.ts';
import { freePort } from '#process/free-port.ts';
import { ownIdentity } from '#process/identity.ts';
import type { ProvidedDatabase, ProvidedTemporal } from './provide.ts';
import { ServiceStartError } from '#process/service-process.ts';
import type { StateDir } from './state-dir.ts';
import { stopAll, type Stoppable } from '#process/stop-all.ts';
import { stopProcess } from '#process/stop-process.ts';
import { endOf, startDatabase, startTemporal, type LocalServicesOptions } from './local-services.ts';
import { ostiumEnvironment, startOstium, type DemoOstium } from './ostium.ts';
import { createRoleSet, type RoleSet } from './role-set.ts';
import type { SupervisedRole } from '#process/supervised-role.ts';

/** Everything a signal needs on its way, running on this machine; the workers only after {@link startWorkers}. */
export interface DemoSystem {
  db: Database;
  temporal: Client;
  api: ApiClient;
  state: StateDir;
  logsFolder: string;
  sandboxUrl: string;
  /** Null where it does not run. */
  ostium: DemoOstium['addresses'];
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

const script = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));
const SANDBOX = script('local/roles/hyperliquid-sandbox.ts');
const API = script('api/server.ts');
/** Folder of the posts of all runs, in the state folder. */
export const DEMO_FOLDER = 'demo';
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
  const { state, signal } = options;
  const local = { ...options, given: readEnvironment(options.env) };
  await stopOrphans(options);
  started.push(takeFolder(state));
  let addresses: Addresses | null = null;
  const roles = createRoleSet({
    ...options,
    onRestart: () => addresses && writeRun(state, roles, addresses),
  });
  const [database, temporal, sandbox, { addresses: ostium }] = await allStarted(started, [
    startDatabase(local),
    startTemporal(local),
    startSandbox(options, roles),
    startOstium({ ...options, sandbox: ostiumOptions(options) }, roles),
  ]);
  signal.throwIfAborted();
  const sandboxUrl = String(sandbox.ready['url']);
  const env = environmentOf(local, { database, temporal, sandboxUrl, ostium });
  const api = await startApi(roles, env, local.given.SIGNALMAN_API_PORT ?? DEFAULT_API_PORT);
  started.push(api);
  const apiUrl = String(api.ready['url']);
  const found = { database, temporal, sandboxUrl, ostium, apiUrl };
  addresses = found;
  writeRun(state, roles, found);
  const db = openDatabase(database.url, { poolSize: 2 });
  started.push({ name: 'the books', stop: () => db.$disconnect() });
  const client = await connectClient(loadConfig(env).temporal);
  started.push({ name: 'the Temporal client', stop: () => client.connection.close() });
  signal.throwIfAborted();
  const broken = Promise.race([roles.failed, endOf(database), endOf(temporal)]);
  // Their wanted end, later on, is nobody's concern.
  broken.catch(() => undefined);
  const key = local.given.SIGNALMAN_API_KEY ?? readSecretFile(apiKeyFile(state.root));
  return {
    db,
    temporal: client,
    api: createApiClient({ url: apiUrl, key }),
    state,
    logsFolder: state.folder('logs'),
    sandboxUrl,
    ostium,
    apiUrl,
    temporalUiUrl: temporal.uiUrl ?? null,
    async startWorkers() {
      started.push(await roles.start('worker', WORKER, () => ({ env })));
      writeRun(state, roles, found);
    },
    broken,
    restarts: () => roles.restarts(),
    stop: () => stopAll(started),
    async kill() {
      await Promise.allSettled([roles.kill(), database.stop(), temporal.stop()]);
    },
  };
}

function takeFolder(state: StateDir): Stoppable {
  const lock = state.lock();
  return {
    name: 'the state folder',
    async stop() {
      state.clearRun();
      lock.release();
    },
  };
}

/** Prices wait for the posts at the first start; after a crash they go on, at the same address. */
const startSandbox = ({ env, sandbox }: SystemOptions, roles: RoleSet): Promise<SupervisedRole> =>
  roles.start('sandbox', SANDBOX, (before) => {
    const place = before === null ? { startPaused: true } : { port: portOf(before) };
    return { env, args: [JSON.stringify({ ...sandbox, ...place })] };
  });

/** The same prices each time; the chain is kept so that a crash of the sandbox loses nothing. */
const ostiumOptions = ({ sandbox: { seed }, state }: SystemOptions) => ({
  ...(seed !== undefined && { seed }),
  stateDir: state.folder('ostium'),
});

/** Takes the port asked for where it is free, after a crash that of before. */
async function startApi(roles: RoleSet, env: NodeJS.ProcessEnv, wished: number): Promise<SupervisedRole> {
  const startAt = (port: number): Promise<SupervisedRole> =>
    roles.start('api', API, (before) => ({
      env: { ...env, SIGNALMAN_API_PORT: String(before === null ? port : portOf(before)) },
    }));
  try {
    return await startAt(await freePort(wished));
  } catch (error) {
    // Somebody else was quicker with a port that was free a moment ago.
    if (error instanceof ServiceStartError && error.log.includes('EADDRINUSE')) return startAt(0);
    throw error;
  }
}

const portOf = (ready: SupervisedRole['ready']): number => Number(new URL(String(ready['url'])).port);

interface Addresses {
  database: ProvidedDatabase;
  temporal: ProvidedTemporal;
  sandboxUrl: string;
  ostium: DemoOstium['addresses'];
  apiUrl: string;
}

function writeRun(
  state: StateDir,
  roles: RoleSet,
  { database, temporal, sandboxUrl, apiUrl }: Addresses,
): void {
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
}

/** A killed run's processes may still be closing, on the same files. */
async function stopOrphans({ state, log }: SystemOptions): Promise<void> {
  if (state.user() !== undefined) return;
  for (const [name, identity] of Object.entries(state.lastRun()?.roles ?? {})) {
    await stopProcess(identity).catch((error: unknown) => log(name, String(error)));
  }
}

/** Waits for all of them, also when one fails, so that each that runs is known and can be stopped. */
async function allStarted<Parts extends readonly Promise<Stoppable>[]>(
  started: Stoppable[],
  parts: readonly [...Parts],
): Promise<{ [Index in keyof Parts]: Awaited<Parts[Index]> }> {
  const settled = await Promise.allSettled(parts);
  for (const part of settled) if (part.status === 'fulfilled') started.push(part.value);
  return Promise.all(parts);
}

/** Those that were given or are usual, and the one where the demo publishes. */
const fileSourceFolders = (given: Environment, state: StateDir): string[] => [
  ...(given.SIGNALMAN_FILE_SOURCES ?? [join(state.root, 'sources')]),
  state.folder(DEMO_FOLDER),
];

/** The demo's own sandbox sets no limit, and a show of many trades in a minute is no load to spread. */
const OWN_SANDBOX_WEIGHT_PER_MINUTE = 60_000;

function environmentOf(
  { env, given, state, log }: LocalServicesOptions,
  { database, temporal, sandboxUrl, ostium }: Omit<Addresses, 'apiUrl'>,
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
    HYPERLIQUID_WEIGHT_PER_MINUTE: String(
      given.HYPERLIQUID_WEIGHT_PER_MINUTE ?? OWN_SANDBOX_WEIGHT_PER_MINUTE,
    ),
    ...(ostium && ostiumEnvironment(ostium)),
    SIGNALMAN_STATE_DIR: state.root,
    SIGNALMAN_FILE_SOURCES: fileSourceFolders(given, state).join(','),
    SIGNALMAN_MASTER_KEY: given.SIGNALMAN_MASTER_KEY ?? ensureMasterKey(state.root),
  };
}
