// Runs workers: all roles, or those named on the command line (`trading`, `watch`, `pipeline`). Workers hold no
// state, so any number of them may run beside each other.
import type { Client } from '@temporalio/client';
import { NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import { hostname } from 'node:os';
import { createTradingSessions } from '#activities/execution/trading-session.ts';
import { createOrderSender } from '#activities/execution/order-sending/index.ts';
import { createEntry, type Entry } from '#activities/entry/activities.ts';
import type { ReconcileDeps } from '#activities/reconcile/correction.ts';
import type { WatcherDeps } from '#activities/watching/watcher.ts';
import { followSupervisor, reportReady } from '#process/role.ts';
import { failStart } from '#process/start-failure.ts';
import { forgetMasterKeys, loadConfig, loadSigningConfig, type Config } from '#config/env.ts';
import { createLogger, type Logger } from '#observability/logger.ts';
import { openDatabase, prepareReady } from '#prisma/client.ts';
import { assertMigrated } from '#prisma/pending-migrations.ts';
import { orderStatements } from '#prisma/repositories/ready-statements.ts';
import { createDatabaseClock, type DatabaseClock } from '#prisma/database-clock.ts';
import { connectClient, connectionOptions, dataConverterOf } from '#temporal/connection.ts';
import { createVenues } from '#venues/create-venues.ts';
import type { MasterKey } from '#venues/keys/sealed-key.ts';
import { crashWhereAsked, noFailpoint } from './failpoints.ts';
import {
  createNotificationWorker,
  createPipelineWorker,
  startPipeline,
  type PipelineDeps,
} from './pipeline.ts';
import { askToReconcile, createTradeLifecycles } from './trade-lifecycles.ts';
import { createTradeMessenger } from './trade-messenger.ts';
import { startPostedTrades } from './posted-trades.ts';
import { createTradingWorker } from './trading.ts';
import { createWatchWorker, ensurePriceWatches } from './watch.ts';
import type { WorkerContext } from './worker-options.ts';
import { loadWorkflowBundle } from './workflow-bundle.ts';

const ROLES = ['trading', 'watch', 'pipeline'] as const;
type Role = (typeof ROLES)[number];

/** Roles that open trading keys. The pipeline reads what strangers write, and signs nothing. */
const SIGNING_ROLES: readonly Role[] = ['trading', 'watch'];

const doSign = (roles: readonly Role[]): boolean => roles.some((role) => SIGNING_ROLES.includes(role));

/** Settings of a worker; without master keys when none of its roles signs. */
type Settings = Config & { masterKeys: readonly MasterKey[] };

if (import.meta.main) await main(process.argv.slice(2));

/**
 * Runs workers in this process until a signal ends them: of the named roles, or of all. Settings come from the
 * environment; what keeps them from starting is told in a line, and ends the process with status 1.
 */
export async function main(args: readonly string[]): Promise<void> {
  followSupervisor();
  await start(args).catch((error: unknown) => failStart('worker', error, process.env));
}

async function start(args: readonly string[]): Promise<void> {
  const roles = readRoles(args);
  const settings = readSettings(roles);
  Runtime.install({ shutdownSignals: [] });
  await run(settings, roles, createLogger({ level: settings.logLevel, name: 'worker' }));
}

function readRoles(args: readonly string[]): readonly Role[] {
  const named = args.map((arg) => {
    const role = ROLES.find((each) => each === arg);
    if (!role) throw new Error(`unknown role ${arg}: there are ${ROLES.join(', ')}`);
    return role;
  });
  return named.length === 0 ? ROLES : named;
}

function readSettings(roles: readonly Role[]): Settings {
  const settings = doSign(roles)
    ? loadSigningConfig(process.env)
    : { ...loadConfig(process.env), masterKeys: [] };
  forgetMasterKeys(process.env);
  return settings;
}

async function run(settings: Settings, roles: readonly Role[], logger: Logger): Promise<void> {
  const [client, connection, workflowBundle] = await Promise.all([
    connectClient(settings.temporal),
    NativeConnection.connect(connectionOptions(settings.temporal)),
    loadWorkflowBundle(),
  ]);
  const deps = constructDeps(settings, client, logger);
  await assertMigrated(deps.db);
  await deps.clock.compare();
  if (doSign(roles)) void readyForOrders(deps);
  const context: WorkerContext = {
    connection,
    namespace: settings.temporal.namespace,
    dataConverter: dataConverterOf(settings.temporal),
    workflowBundle,
    identity: `${process.pid}@${hostname()}`,
  };
  const workers = (await Promise.all(roles.map((role) => createWorkers(role, context, deps)))).flat();
  const running = Promise.all(workers.map((worker) => worker.run()));
  const stopSources = roles.includes('pipeline') ? await startPipeline(client, deps) : async () => undefined;
  const stopPostedTrades = roles.includes('trading')
    ? startPostedTrades(context, { ...deps, ...deps.entry })
    : async () => undefined;
  if (roles.includes('watch')) await ensurePriceWatches(client, [...deps.venues.keys()]);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      void stopSources();
      void stopPostedTrades();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
    });
  }
  reportReady({ roles });
  logger.info({ roles }, 'workers running');
  await running.catch((err: unknown) => {
    logger.fatal({ err }, 'a worker has failed');
    throw err;
  });
  await Promise.all([stopPostedTrades(), stopSources()]);
  await Promise.allSettled([...deps.venues.values()].map((venue) => venue.close()));
  await Promise.allSettled([connection.close(), client.connection.close(), deps.db.$disconnect()]);
}

/** Opens the connections on which orders are written, so that the first order does not wait for that. */
function readyForOrders({ db, logger }: Deps): Promise<void> {
  return prepareReady(db, orderStatements()).catch((err: unknown) =>
    logger.warn({ err }, 'the first orders will wait for a connection to the database'),
  );
}

function createWorkers(role: Role, context: WorkerContext, deps: Deps): Promise<Worker[]> {
  const workers = {
    trading: () => [createTradingWorker(context, deps)],
    watch: () => [createWatchWorker(context, deps)],
    pipeline: () => [createPipelineWorker(context, deps), createNotificationWorker(context, deps)],
  };
  return Promise.all(workers[role]());
}

/** Dependencies of all roles. */
type Deps = WatcherDeps & ReconcileDeps & PipelineDeps & { clock: DatabaseClock; entry: Entry };

function constructDeps(settings: Settings, client: Client, logger: Logger): Deps {
  const db = openDatabase(settings.databaseUrl);
  const clock = createDatabaseClock(db);
  const venues = new Map(createVenues(settings, logger).map((venue) => [venue.name, venue]));
  const base = {
    db,
    venues,
    masterKeys: settings.masterKeys,
    logger,
    clock,
    now: () => clock.now(),
    failpoint: readFailpoint(),
    databaseUrl: settings.databaseUrl,
    sourceSettings: settings.sources,
    notifierSettings: settings.notifiers,
    classifier: settings.classifier,
    lunarCrush: settings.lunarCrush,
    sourceKeys: settings.sourceKeys,
    messenger: createTradeMessenger(client),
    lifecycles: createTradeLifecycles(client, logger),
    askToReconcile: () => askToReconcile(client),
  };
  const execution = {
    ...base,
    openSession: createTradingSessions(base),
    orderSender: createOrderSender(base),
  };
  return { ...execution, entry: createEntry(execution) };
}

/** Where tests say at which step this process is to die. */
function readFailpoint() {
  const folder = process.env['SIGNALMAN_CRASH_DIR'];
  return folder ? crashWhereAsked(folder) : noFailpoint;
}
