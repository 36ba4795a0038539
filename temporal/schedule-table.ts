import type { SourceKind } from '#domain/statuses.ts';
import { TASK_QUEUES, type TaskQueue } from '#workflows/names.ts';

/** A workflow that runs again and again. */
export interface Job {
  /** Name of the schedule. */
  name: string;
  /** The line that lists of workflows and schedules show. */
  summary: string;
  workflowType: string;
  args: readonly unknown[];
  everyMs: number;
  /** A run that takes longer is given up; the next one starts afresh. */
  timeoutMs: number;
  taskQueue: TaskQueue;
  /** True for one that also runs as soon as it is made. */
  runsAtOnce?: boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Returns a job of the pipeline that takes no input, unless told otherwise. */
const job = (
  name: string,
  given: Pick<Job, 'summary' | 'workflowType' | 'everyMs' | 'timeoutMs'> & Partial<Job>,
): Job => ({ name, args: [], taskQueue: TASK_QUEUES.pipeline, ...given });

/** Each run polls the sources of its kind when they are due, for about a minute. */
const poll = (kind: SourceKind): Job =>
  job(`poll-${kind}`, {
    summary: `polls the ${kind} sources that are due`,
    workflowType: 'pollSources',
    args: [{ kind }],
    everyMs: MINUTE,
    timeoutMs: 5 * MINUTE,
    runsAtOnce: true,
  });

/** Every schedule there is. One that is taken off this list is removed from Temporal at the next start. */
export const JOBS: readonly Job[] = [
  poll('file'),
  poll('rss'),
  poll('x'),
  job('classify', {
    summary: 'classifies messages that wait',
    workflowType: 'classify',
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  }),
  job('generate-signals', {
    summary: 'makes signals of classified messages, sends those that were lost',
    workflowType: 'generateSignals',
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  }),
  job('check-venues', {
    summary: 'asks the venues for their health',
    workflowType: 'checkVenues',
    everyMs: 30 * SECOND,
    timeoutMs: 2 * MINUTE,
  }),
  job('refresh-instruments', {
    summary: 'reads the instruments of the venues',
    workflowType: 'refreshInstruments',
    everyMs: 10 * MINUTE,
    timeoutMs: 5 * MINUTE,
  }),
  job('score-markets', {
    summary: 'computes indicators and market scores',
    workflowType: 'scoreMarkets',
    everyMs: 6 * HOUR,
    timeoutMs: 2 * HOUR,
  }),
  job('hourly-metrics', {
    summary: 'brings the hours of trades and the numbers of agents up to date',
    workflowType: 'hourlyMetrics',
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
  }),
  job('bill-months', {
    summary: 'bills the months of deployments that have begun',
    workflowType: 'billMonths',
    everyMs: HOUR,
    timeoutMs: 15 * MINUTE,
  }),
  job('reconcile', {
    summary: 'compares the accounts with their venues',
    workflowType: 'reconcile',
    everyMs: MINUTE,
    timeoutMs: 15 * MINUTE,
    taskQueue: TASK_QUEUES.trading,
  }),
];
