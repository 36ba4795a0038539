import type { Client } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import type { PipelineRoleActivities } from '#activities/contract.ts';
import type { TradingDeps } from '#activities/deps.ts';
import { createIntakeActivities } from '#activities/intake/activities.ts';
import { createListeningActivities } from '#activities/intake/listening-activities.ts';
import { billMonths } from '#activities/ledger/bill-months.ts';
import { createNotificationActivities } from '#activities/notifications/activities.ts';
import { createMetricsActivities } from '#activities/metrics/activities.ts';
import { createPipelineActivities } from '#activities/pipeline/activities.ts';
import { createFanOutActivities } from '#activities/pipeline/fan-out.ts';
import { createMarketPrices } from '#activities/pipeline/market-prices.ts';
import { createScoringActivities } from '#activities/scoring/activities.ts';
import { createVenueActivities } from '#activities/venue-status/activities.ts';
import type { ClassifierConfig } from '#config/classifier.ts';
import type { Logger } from '#observability/logger.ts';
import type { SealingKey } from '#process/sealed-text.ts';
import { createNotifiers, type NotifierSettings } from '#notifiers/create-notifiers.ts';
import { createLunarCrush, type LunarCrushOptions } from '#scores/lunarcrush/lunarcrush.ts';
import { createSources, type SourceSettings } from '#sources/create-sources.ts';
import { ensureSchedules } from '#temporal/ensure-schedules.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import { startMessageListener } from './message-listener.ts';
import { ensureSourceListeners } from './source-listeners.ts';
import { watchNotifications } from './notification-watcher.ts';
import { watchHeldCalls } from './held-call-watcher.ts';
import { createClassifier } from './create-classifier.ts';
import { watchSources } from './source-watcher.ts';
import { workerOptions, type WorkerContext } from './worker-options.ts';

/** Dependencies of the pipeline role. */
export interface PipelineDeps extends TradingDeps {
  databaseUrl: string;
  sourceSettings: SourceSettings;
  notifierSettings: NotifierSettings;
  /** Who reads messages. */
  classifier: ClassifierConfig;
  /** Open the secrets of sources and the addresses of channels. */
  sourceKeys: readonly SealingKey[];
  /** Left out: market scores have no social part. */
  lunarCrush?: LunarCrushOptions | undefined;
}

/** Runs the way of a message to a signal, and scheduled jobs. */
export function createPipelineWorker(context: WorkerContext, deps: PipelineDeps): Promise<Worker> {
  const activities: PipelineRoleActivities = createActivities(deps);
  return Worker.create({
    ...workerOptions(context),
    taskQueue: TASK_QUEUES.pipeline,
    activities,
    maxCachedWorkflows: 100,
    maxConcurrentActivityTaskExecutions: 20,
    // A listener has nothing to finish: the sooner it lets go, the sooner another one listens.
    shutdownGraceTime: '0s',
  });
}

/**
 * Tells people of events: activities only, on a queue of their own, so that channels that hang keep no message of a
 * source waiting.
 */
export function createNotificationWorker(context: WorkerContext, deps: PipelineDeps): Promise<Worker> {
  const { workflowBundle: _none, workflowTaskPollerBehavior: _unused, ...options } = workerOptions(context);
  return Worker.create({
    ...options,
    taskQueue: TASK_QUEUES.notifications,
    activities: createNotificationActivities({
      ...deps,
      notifiers: createNotifiers(deps.notifierSettings),
      channelKeys: deps.sourceKeys,
    }),
    activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 1, maximum: 4 },
    maxConcurrentActivityTaskExecutions: 50,
    shutdownGraceTime: '0s',
  });
}

function createActivities(deps: PipelineDeps): PipelineRoleActivities {
  const { db, logger, now } = deps;
  const venues = [...deps.venues.values()];
  const prices = createMarketPrices(venues, logger);
  const social = deps.lunarCrush ? createLunarCrush(deps.lunarCrush) : null;
  const fanOut = createFanOutActivities(deps);
  const sources = createSources(deps.sourceSettings);
  return {
    ...createIntakeActivities({ ...deps, sources }),
    ...createListeningActivities({ ...deps, sources }),
    ...createPipelineActivities({
      db,
      classifier: createClassifier(deps.classifier, { db, logger }),
      concurrency: deps.classifier.concurrency,
      prices,
      logger,
      now,
    }),
    ...createScoringActivities({ db, venues, prices, social, logger, now }),
    ...createVenueActivities({ db, venues, logger, now }),
    ...createMetricsActivities(deps),
    billMonths: () => billMonths({ db, now }),
    listUnsentSignals: (input) => fanOut.listUnsentSignals(input),
  };
}

const SCORES_AFTER = '1m';

/**
 * Makes the schedules, reads the venues' instruments before the first message needs them, and watches the sources
 * that can be watched. Returns how to stop.
 */
export async function startPipeline(client: Client, deps: PipelineDeps): Promise<() => Promise<void>> {
  const stopKeeping = keepSchedules(client, deps.logger);
  const stopListening = startMessageListener({ client, ...deps });
  await Promise.all(
    (['checkVenues', 'refreshInstruments'] as const).map((job) =>
      client.workflow.start(job, {
        taskQueue: TASK_QUEUES.pipeline,
        workflowId: `start/${job}`,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [],
      }),
    ),
  );
  // Computes the scores that are missing, once the instruments have been read.
  await client.workflow.start('scoreMarkets', {
    taskQueue: TASK_QUEUES.pipeline,
    workflowId: 'start/scoreMarkets',
    workflowIdConflictPolicy: 'USE_EXISTING',
    startDelay: SCORES_AFTER,
    args: [],
  });
  // Compares accounts within seconds of a start, without waiting for the schedule's next run.
  await client.workflow.start('reconcile', {
    taskQueue: TASK_QUEUES.trading,
    workflowId: 'start/reconcile',
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [{ full: true }],
  });
  const sources = createSources(deps.sourceSettings);
  await ensureSourceListeners(client, sources);
  const prices = createMarketPrices([...deps.venues.values()], deps.logger);
  const stopHolding = watchHeldCalls({ ...deps, client, prices });
  const stopTelling = watchNotifications({ ...deps, client });
  const stopWatching = await watchSources({ ...deps, client, sources });
  return async () => {
    stopKeeping();
    stopWatching();
    stopHolding();
    stopTelling();
    await stopListening();
  };
}

const SCHEDULE_RETRY_MS = 5_000;
/** Interval at which schedules that somebody removed or changed are put right. */
const SCHEDULE_CHECK_MS = 10 * 60_000;

/**
 * Makes the schedules in the background, and keeps them: a server that has just been restarted can take half a minute
 * to answer about those it has. Returns how to stop.
 */
function keepSchedules(client: Client, logger: Logger): () => void {
  let timer: NodeJS.Timeout | null = null;
  let isStopped = false;
  const ensureAfter = (waitMs: number) => {
    if (!isStopped) timer = setTimeout(() => void ensure(), waitMs);
  };
  const ensure = () =>
    ensureSchedules(client).then(
      () => ensureAfter(SCHEDULE_CHECK_MS),
      (err: unknown) => {
        logger.warn({ err }, 'schedules cannot be set up yet');
        ensureAfter(SCHEDULE_RETRY_MS);
      },
    );
  void ensure();
  return () => {
    isStopped = true;
    if (timer) clearTimeout(timer);
  };
}
