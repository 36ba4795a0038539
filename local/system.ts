import { readEnvironment, type Environment } from '#config/env.ts';
import { ownIdentity } from '#process/identity.ts';
import { stopAll, type Stoppable } from '#process/stop-all.ts';
import { stopProcess } from '#process/stop-process.ts';
import { untilAborted } from '#process/until-aborted.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { assertApiPortFree, ownRoles, startApi, startWorkers, type RoleName } from './own-roles.ts';
import { startCodec } from './codec.ts';
import { createParts, type Parts } from './parts.ts';
import type { SandboxRoleOptions } from './roles/hyperliquid-sandbox.ts';
import { runEnvironment, type Addresses } from './run-environment.ts';
import { needsStandIn, startHyperliquidSandbox, startModelStandIn, startOstiumSandbox } from './sandboxes.ts';
import { provideDatabase, provideTemporal } from './services.ts';
import { createRunFile } from './run-file.ts';
import { recordStart } from './start-progress.ts';
import type { StateDir } from './state-dir.ts';
import { checkNetworks } from './networks.ts';
import { watchOver } from './watch-over.ts';
import { startWebBuild } from './web-build.ts';

/** A whole Signalman, or the asked parts of one, running on this machine. */
export interface LocalSystem {
  state: StateDir;
  databaseUrl: string;
  temporal: Pick<Addresses['temporal'], 'address' | 'namespace' | 'uiUrl'>;
  /** Null where no sandbox was asked for. */
  sandboxUrl: string | null;
  /** Null where it does not run. */
  ostium: Addresses['ostium'];
  /** Null where it was not asked for. */
  apiUrl: string | null;
  /** The environment of its processes. */
  env: NodeJS.ProcessEnv;
  /** To be called once where the workers were left out of the start. */
  startWorkers(): Promise<void>;
  /** Rejects when a part is gone that cannot be started again, or the state folder is. */
  broken: Promise<never>;
  /** How often a process had to be started again. */
  restarts(): number;
  /** Ends every process in good order: a service after the processes that use it. */
  stop(): Promise<void>;
  /** Kills every process at once. */
  kill(): Promise<void>;
}

export interface SystemOptions {
  state: StateDir;
  env: NodeJS.ProcessEnv;
  /** How local venues are run; null for the venues of the environment alone. */
  sandbox: SandboxRoleOptions | null;
  /** Our own processes to run. */
  roles: readonly RoleName[];
  /** Whether the workers are started with the API; otherwise by `startWorkers`. */
  withWorkers: boolean;
  /** Folders whose files sources may read, beside those of the environment. */
  sourceFolders: readonly string[];
  /** Receives a line of progress of one part. */
  log: (part: string, line: string) => void;
  /** Aborted: nothing more is started. */
  signal: AbortSignal;
}

/** How long parts that are starting when it is aborted may take to be stopped in good order. */
const ABORT_GRACE_MS = 5_000;

/** Starts the services and the venues, then the API and, where asked for, the workers. Nothing is left running when it throws. */
export async function startSystem(options: SystemOptions): Promise<LocalSystem> {
  const started: Stoppable[] = [];
  const starting = startParts(options, started);
  try {
    return await untilAborted(starting, options.signal);
  } catch (error) {
    // What starts even longer ends with this process.
    await withTimeout(starting, ABORT_GRACE_MS).catch(() => undefined);
    await stopAll(started).catch(() => undefined);
    throw error;
  }
}

async function startParts(options: SystemOptions, started: Stoppable[]): Promise<LocalSystem> {
  const { state, signal, roles } = options;
  const given = readEnvironment(options.env);
  await stopOrphans(options);
  started.push(takeFolder(state));
  checkNetworks(state, given, options.sandbox !== null);
  if (roles.includes('api')) await assertApiPortFree(given);
  const progress = recordStart(state, partNames(options, given));
  const log = (part: string, line: string): void => {
    options.log(part, line);
    progress.doing(part, line);
  };
  const codec = given.TEMPORAL_ADDRESS === undefined ? await startCodec(given, state) : null;
  if (codec) started.push(codec);
  const local = { ...options, given, log, codecUrl: codec?.url };
  let found: Found | null = null;
  const runFile = createRunFile(state, () => found && recordOf(found, parts));
  const parts = createParts({
    state,
    log,
    onStart: (part) => progress.doing(part, 'starts'),
    onServe: (part, record) => progress.serves(part, record),
    onRestart: () => runFile.write(),
  });
  const webBuild = roles.includes('api') ? startWebBuild(log, options.env) : null;
  if (webBuild) started.push(webBuild);
  const addresses = await startServices(local, parts, started);
  signal.throwIfAborted();
  const env = runEnvironment(local, addresses);
  const [api] = await allStarted(started, [
    roles.includes('api') ? startApi(parts, env, given) : Promise.resolve(null),
    options.withWorkers ? startWorkers(parts, env, roles) : Promise.resolve(null),
  ]);
  const apiUrl = api && String(api.ready['url']);
  found = { ...addresses, apiUrl, startedAt: progress.startedAt };
  runFile.write();
  if (options.withWorkers) progress.end();
  signal.throwIfAborted();
  const watch = watchOver({
    state,
    log,
    logFiles: () => parts.logFiles(),
    onLook: () => runFile.writeAgain(),
  });
  started.push(watch);
  const broken = Promise.race([parts.failed, watch.failed]);
  // Their wanted end, later on, is no failure.
  broken.catch(() => undefined);
  return {
    state,
    databaseUrl: addresses.database.url,
    temporal: addresses.temporal,
    sandboxUrl: addresses.sandboxUrl,
    ostium: addresses.ostium,
    apiUrl,
    env,
    async startWorkers() {
      const worker = await startWorkers(parts, env, roles);
      if (worker) started.push(worker);
      runFile.write();
      progress.end();
    },
    broken,
    restarts: () => parts.restarts(),
    stop: () => stopAll(started),
    kill: () => parts.kill(),
  };
}

function takeFolder(state: StateDir): Stoppable {
  const lock = state.lock();
  return {
    name: 'the state folder',
    async stop() {
      state.clearRun();
      state.clearStart();
      lock.release();
    },
  };
}

/** Returns the names of the processes that a start with these options brings up. */
const partNames = ({ sandbox, roles }: SystemOptions, given: Environment): string[] => [
  ...(given.DATABASE_URL === undefined ? ['postgres'] : []),
  ...(given.TEMPORAL_ADDRESS === undefined ? ['temporal'] : []),
  ...(sandbox ? ['sandbox', 'ostium'] : []),
  ...(sandbox && needsStandIn(given) ? ['llm'] : []),
  ...ownRoles(roles),
];

/** Starts what everything else needs, at the same time. */
async function startServices(
  options: SystemOptions & Parameters<typeof provideDatabase>[0],
  parts: Parts,
  started: Stoppable[],
): Promise<Addresses> {
  const { sandbox } = options;
  const venues = sandbox && { ...options, sandbox };
  const [database, temporal, hyperliquid, ostium, standIn] = await allStarted(started, [
    provideDatabase(options, parts),
    provideTemporal(options, parts),
    venues ? startHyperliquidSandbox(venues, parts) : Promise.resolve(null),
    venues ? startOstiumSandbox(venues, parts) : Promise.resolve(null),
    venues && needsStandIn(options.given) ? startModelStandIn(options, parts) : Promise.resolve(null),
  ]);
  const sandboxUrl = hyperliquid && String(hyperliquid.ready['url']);
  const modelUrl = standIn && String(standIn.ready['url']);
  return { database, temporal, sandboxUrl, ostium: ostium && ostium.addresses, modelUrl };
}

/** Waits for all of them, also when one fails, so that each that runs is known and can be stopped. */
async function allStarted<Started extends readonly Promise<Stoppable | null>[]>(
  started: Stoppable[],
  parts: readonly [...Started],
): Promise<{ [Index in keyof Started]: Awaited<Started[Index]> }> {
  const settled = await Promise.allSettled(parts);
  for (const part of settled) if (part.status === 'fulfilled' && part.value) started.push(part.value);
  return Promise.all(parts);
}

type Found = Addresses & { apiUrl: string | null; startedAt: number };

function recordOf(found: Found, parts: Parts): Parameters<StateDir['writeRun']>[0] {
  const { database, temporal, sandboxUrl, ostium, apiUrl, startedAt } = found;
  return {
    supervisor: ownIdentity(),
    startedAt,
    databaseUrl: database.url,
    temporalAddress: temporal.address,
    temporalNamespace: temporal.namespace,
    ...(temporal.uiUrl !== null && { temporalUiUrl: temporal.uiUrl }),
    ...(apiUrl !== null && { apiUrl }),
    ...(sandboxUrl !== null && { sandboxUrl }),
    ...(ostium && { ostium }),
    services: parts.records('service'),
    roles: parts.records('role'),
  };
}

/** A killed run's processes may still be closing, on the same files. */
async function stopOrphans({ state, log }: SystemOptions): Promise<void> {
  if (state.user() !== undefined) return;
  for (const [name, identity] of Object.entries(state.lastRun()?.roles ?? {})) {
    await stopProcess(identity).catch((error: unknown) => log(name, String(error)));
  }
}
