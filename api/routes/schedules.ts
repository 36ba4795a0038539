import type { Client } from '@temporalio/client';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  describeSchedule,
  findJob,
  listSchedules,
  pauseSchedule,
  resumeSchedule,
  triggerSchedule,
} from '#temporal/schedule-control.ts';
import type { Job } from '#temporal/schedule-table.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { schedule, scheduleList, scheduleNote, scheduleParams } from '../schemas/schedule.ts';

/** What runs again and again: list, pause, resume, run now. */
export const scheduleRoutes =
  ({ db, temporal }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/schedules', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['schedules'],
        summary: 'Every schedule, with its last success and its next run',
        response: { 200: scheduleList, ...problems('temporal_unreachable') },
      },
      handler: async () => ({ items: await listSchedules(temporal) }),
    });

    for (const { action, summary, past, change } of CHANGES) {
      app.post(`/schedules/:name/${action}`, {
        config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
        schema: {
          tags: ['schedules'],
          summary,
          params: scheduleParams,
          body: scheduleNote,
          response: { 200: schedule, ...problems('schedule_not_found', 'temporal_unreachable') },
        },
        handler: async (request) => {
          const job = await existing(temporal, request.params.name);
          const { name: actor } = principalOf(request);
          const { note = `${past} by ${actor}` } = request.body;
          await change(temporal, job.name, note);
          const subject = `schedule/${job.name}`;
          await recordChange(db, { actor, action: `schedule.${action}`, subject, after: { note } });
          return describeSchedule(temporal, job);
        },
      });
    }
  };

const CHANGES = [
  { action: 'pause', past: 'paused', summary: 'Run it no more until it is resumed', change: pauseSchedule },
  { action: 'resume', past: 'resumed', summary: 'Run it again', change: resumeSchedule },
  { action: 'trigger', past: 'triggered', summary: 'Run it now, unless it runs', change: triggerSchedule },
] as const;

/** Returns the job of that name whose schedule is there. Throws `schedule_not_found`. */
async function existing(temporal: Client, name: string): Promise<Job> {
  const job = findJob(name);
  if (job && (await describeSchedule(temporal, job)).exists) return job;
  const detail = job
    ? `Temporal has no schedule ${name}: is the pipeline running?`
    : `There is no schedule ${name}.`;
  throw new ProblemError('schedule_not_found', detail);
}
