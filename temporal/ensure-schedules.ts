import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
  type ScheduleSummary,
} from '@temporalio/client';
import { JOBS, type Job } from './schedule-table.ts';
import { SCHEDULED_PREFIX } from './ui-links.ts';

/** Runs that were missed for longer, while no server was there, are not made up for: the next one catches up. */
const CATCH_UP_MS = 60_000;
/** Marks the schedules that this project made, and may remove. */
const OWNER = { owner: 'signalman' } as const;
/** Schedules of an earlier version, one for each source. They carry no mark. */
const PER_SOURCE = /^ingest-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Makes every schedule of the table, brings those there are up to date, and removes schedules of ours that it does not
 * have. One that a person has paused stays paused. Safe to call at any time, by any number of processes.
 */
export async function ensureSchedules(client: Client, jobs: readonly Job[] = JOBS): Promise<void> {
  await Promise.all(jobs.map((job) => ensureSchedule(client, job)));
  const names = new Set(jobs.map(({ name }) => name));
  for await (const schedule of client.schedule.list()) {
    if (isOurs(schedule) && !names.has(schedule.scheduleId))
      await removeSchedule(client, schedule.scheduleId);
  }
}

const isOurs = ({ scheduleId, memo }: ScheduleSummary): boolean =>
  memo?.['owner'] === OWNER.owner || PER_SOURCE.test(scheduleId);

async function ensureSchedule(client: Client, job: Job): Promise<void> {
  const options = toOptions(job);
  try {
    await client.schedule.create({
      ...options,
      memo: OWNER,
      state: { triggerImmediately: job.runsAtOnce === true },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    await client.schedule.getHandle(job.name).update(({ state }) => ({ ...options, state }));
  }
}

async function removeSchedule(client: Client, name: string): Promise<void> {
  await client.schedule
    .getHandle(name)
    .delete()
    .catch((error: unknown) => {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
    });
}

const toOptions = (job: Job): ScheduleOptions => ({
  scheduleId: job.name,
  spec: { intervals: [{ every: job.everyMs }] },
  action: {
    type: 'startWorkflow',
    workflowType: job.workflowType,
    workflowId: `${SCHEDULED_PREFIX}${job.name}`,
    args: [...job.args],
    staticSummary: job.summary,
    taskQueue: job.taskQueue,
    workflowRunTimeout: job.timeoutMs,
  },
  policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCH_UP_MS },
});
