import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
} from '@temporalio/client';
import { JOBS, type Job } from './schedule-table.ts';

/** How a schedule does. Times are epoch ms. */
export interface ScheduleState {
  name: string;
  summary: string;
  everyMs: number;
  /** False where Temporal has no schedule of the name: the pipeline has not been started, or somebody removed it. */
  exists: boolean;
  paused: boolean;
  /** What was said when it was paused or resumed. */
  note: string | null;
  isRunning: boolean;
  lastStartedAt: number | null;
  /** End of the last run that did not fail; null where Temporal keeps none. */
  lastSuccessAt: number | null;
  /** Null while it is paused. */
  nextRunAt: number | null;
  /** Runs left out because the one before had not ended. */
  skippedOverlaps: number;
  /** Runs missed for too long to be made up for. */
  missedRuns: number;
}

/** Returns every schedule of the table with its state. */
export const listSchedules = (client: Client): Promise<ScheduleState[]> =>
  Promise.all(JOBS.map((job) => describeSchedule(client, job)));

/** Returns the job of a name, or null. */
export const findJob = (name: string): Job | null => JOBS.find((job) => job.name === name) ?? null;

/** Returns the state of one schedule. */
export async function describeSchedule(client: Client, job: Job): Promise<ScheduleState> {
  const { name, summary, everyMs } = job;
  const [described, lastSuccessAt] = await Promise.all([
    describe(client, name),
    findLastSuccess(client, name),
  ]);
  if (!described) return { ...UNKNOWN, name, summary, everyMs, lastSuccessAt };
  const { state, info } = described;
  return {
    name,
    summary,
    everyMs,
    exists: true,
    paused: state.paused,
    note: state.note === undefined || state.note === '' ? null : state.note,
    isRunning: info.runningActions.length > 0,
    lastStartedAt: info.recentActions.at(-1)?.takenAt.getTime() ?? null,
    lastSuccessAt,
    nextRunAt: state.paused ? null : (info.nextActionTimes[0]?.getTime() ?? null),
    skippedOverlaps: info.numActionsSkippedOverlap,
    missedRuns: info.numActionsMissedCatchupWindow,
  };
}

const UNKNOWN = {
  exists: false,
  paused: false,
  note: null,
  isRunning: false,
  lastStartedAt: null,
  nextRunAt: null,
  skippedOverlaps: 0,
  missedRuns: 0,
} as const;

async function describe(client: Client, name: string): Promise<ScheduleDescription | null> {
  try {
    return await client.schedule.getHandle(name).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

/** Temporal lists the latest run first. */
async function findLastSuccess(client: Client, name: string): Promise<number | null> {
  const query = `TemporalScheduledById = "${name}" AND ExecutionStatus = "Completed"`;
  for await (const run of client.workflow.list({ query, pageSize: 1 }))
    return run.closeTime?.getTime() ?? null;
  return null;
}

/** Stops a schedule from running until it is resumed; a run under way goes on. */
export const pauseSchedule = (client: Client, name: string, note: string): Promise<void> =>
  client.schedule.getHandle(name).pause(note);

export const resumeSchedule = (client: Client, name: string, note: string): Promise<void> =>
  client.schedule.getHandle(name).unpause(note);

/** Runs a schedule now, also while it is paused, unless a run is under way. */
export const triggerSchedule = (client: Client, name: string): Promise<void> =>
  client.schedule.getHandle(name).trigger(ScheduleOverlapPolicy.SKIP);
