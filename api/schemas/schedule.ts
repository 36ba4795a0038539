import { z } from 'zod';
import { epochMs, freeText } from './common.ts';

export const schedule = z
  .object({
    name: z.string(),
    summary: z.string(),
    everyMs: z.number().int(),
    exists: z
      .boolean()
      .meta({ description: 'false where Temporal has none: the pipeline makes them at its start' }),
    paused: z.boolean(),
    note: z.string().nullable().meta({ description: 'what was said when it was paused or resumed' }),
    isRunning: z.boolean(),
    lastStartedAt: epochMs.nullable(),
    lastSuccessAt: epochMs.nullable(),
    nextRunAt: epochMs.nullable(),
    skippedOverlaps: z.number().int(),
    missedRuns: z.number().int(),
  })
  .meta({ id: 'Schedule' });
export type Schedule = z.output<typeof schedule>;

export const scheduleList = z.object({ items: z.array(schedule) });

export const scheduleParams = z.object({ name: z.string().max(60) });

export const scheduleNote = z.strictObject({ note: freeText(200).optional() }).default({});
