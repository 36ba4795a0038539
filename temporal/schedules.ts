import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { TASK_QUEUES } from '#workflows/names.ts';
import { SCHEDULED_PREFIX } from './ui-links.ts';

interface Job {
  scheduleId: string;
  /** The line that lists of workflows show for its runs. */
  summary: string;
  workflowType: string;
  args: unknown[];
  everyMs: number;
  /** A run that takes longer is given up; the next one starts afresh. */
  timeoutMs: number;
  /** Default: the pipeline's. */
  taskQueue?: string;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const PIPELINE_JOBS: readonly Job[] = [
  {
    scheduleId: 'classify',
    summary: 'classifies new messages',
    workflowType: 'classify',
    args: [],
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  },
  {
    scheduleId: 'generate-signals',
    summary: 'makes signals of classified messages, sends those that were lost',
    workflowType: 'generateSignals',
    args: [],
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  },
  {
    scheduleId: 'check-venues',
    summary: 'asks the venues for their health',
    workflowType: 'checkVenues',
    args: [],
    everyMs: 30 * SECOND,
    timeoutMs: 2 * MINUTE,
  },
  {
    scheduleId: 'refresh-instruments',
    summary: 'reads the instruments of the venues',
    workflowType: 'refreshInstruments',
    args: [],
    everyMs: 10 * MINUTE,
    timeoutMs: 5 * MINUTE,
  },
  {
    scheduleId: 'score-markets',
    summary: 'computes indicators and market scores',
    workflowType: 'scoreMarkets',
    args: [],
    everyMs: 6 * HOUR,
    timeoutMs: 2 * HOUR,
  },
  {
    scheduleId: 'reconcile',
    summary: 'compares the accounts with their venues',
    workflowType: 'reconcile',
    args: [],
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
    taskQueue: TASK_QUEUES.trading,
  },
];

/** Makes or brings up to date every schedule of the pipeline and the venues. Safe to call at every start. */
export async function ensureSchedules(
  client: Client,
  sources: readonly { sourceAccountId: string }[],
): Promise<void> {
  await Promise.all(PIPELINE_JOBS.map((job) => ensureSchedule(client, job)));
  await Promise.all(sources.map((source) => ensureIngestSchedule(client, source)));
}

/** Makes sure a source is read every minute, whether or not it can be watched. */
export const ensureIngestSchedule = (
  client: Client,
  { sourceAccountId }: { sourceAccountId: string },
): Promise<void> =>
  ensureSchedule(client, {
    scheduleId: ingestScheduleId(sourceAccountId),
    summary: 'reads new posts of a source',
    workflowType: 'ingest',
    args: [{ sourceAccountId }],
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  });

export const ingestScheduleId = (sourceAccountId: string): string => `ingest-${sourceAccountId}`;

async function ensureSchedule(client: Client, job: Job): Promise<void> {
  const options = toOptions(job);
  try {
    await client.schedule.create({ ...options, state: { triggerImmediately: false } });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    // A schedule that a person has paused stays paused.
    await client.schedule.getHandle(job.scheduleId).update(({ state }) => ({ ...options, state }));
  }
}

const toOptions = ({
  scheduleId,
  summary,
  workflowType,
  args,
  everyMs,
  timeoutMs,
  taskQueue,
}: Job): ScheduleOptions => ({
  scheduleId,
  spec: { intervals: [{ every: everyMs }] },
  action: {
    type: 'startWorkflow',
    workflowType,
    workflowId: `${SCHEDULED_PREFIX}${scheduleId}`,
    args,
    staticSummary: summary,
    taskQueue: taskQueue ?? TASK_QUEUES.pipeline,
    workflowRunTimeout: timeoutMs,
  },
  // After a time without a server the next run catches up; missed runs are not run one by one.
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: MINUTE },
});
