import { z } from 'zod';
import { BRAKE_SCOPES } from '#domain/brakes/brake.ts';
import { epochMs, freeText, id, pageOf, pageQuery, positiveDecimal, venueName } from './common.ts';

/** Entries to be stopped: all of them, unless a venue, an agent or a deployment is given. */
export const brakeInput = z
  .strictObject({
    venue: venueName.optional(),
    agentId: id.optional(),
    deploymentId: id.optional(),
    reason: freeText(500).min(1, 'must say why'),
    forMs: z
      .number()
      .int()
      .min(1_000)
      .max(366 * 86_400_000)
      .optional()
      .meta({ description: 'ends by itself after so many milliseconds; without it a person ends it' }),
  })
  .refine(
    ({ venue, agentId, deploymentId }) =>
      [venue, agentId, deploymentId].filter((part) => part !== undefined).length <= 1,
    'give one of `venue`, `agentId` and `deploymentId`, or none',
  );

export const brake = z
  .object({
    id,
    scope: z.enum(BRAKE_SCOPES),
    venue: venueName.nullable(),
    agentId: id.nullable(),
    agentName: z.string().nullable(),
    deploymentId: id.nullable(),
    code: z.string().meta({ description: 'refusal of the entries that it holds back' }),
    reason: z.string(),
    setBy: z.string(),
    setAt: epochMs,
    until: epochMs.nullable().meta({ description: 'null when only a person ends it' }),
    releasedAt: epochMs.nullable().meta({ description: 'null while nobody has released it' }),
    releasedBy: z.string().nullable(),
  })
  .meta({ id: 'Brake' });
export type Brake = z.output<typeof brake>;

export const brakePage = pageOf(brake);
export const brakeQuery = pageQuery.extend({
  inForce: z.enum(['true', 'false']).optional().meta({ description: 'only those that hold entries now' }),
});

const count = (max: number) => z.number().int().min(1).max(max);
const span = z
  .number()
  .int()
  .min(60_000)
  .max(30 * 86_400_000)
  .meta({ description: 'milliseconds' });

const LIMITS = {
  maxGrossUsd: positiveDecimal.meta({ description: 'value of all that is open and ordered' }),
  maxInstrumentUsd: positiveDecimal.meta({ description: 'value of all that is open in one instrument' }),
  maxDailyLossUsd: positiveDecimal.meta({ description: 'loss since midnight (UTC), open losses included' }),
  maxDrawdownUsd: positiveDecimal.meta({ description: 'fall below the highest profit of 30 days' }),
  lossStreak: z
    .strictObject({ losses: count(100), pauseMs: span })
    .meta({ description: 'losing trades one after another, and the pause after the last one' }),
  stopGuard: z
    .strictObject({ stops: count(100), withinMs: span, pauseMs: span })
    .meta({ description: 'stops hit at a loss within a time, and the pause after the last one' }),
  maxEntriesPerMinute: count(1_000).meta({ description: 'entries in 60 s' }),
};

/** Limits of entries that are set; what is missing is not limited. */
export const entryLimits = z.object(LIMITS).partial().meta({ id: 'EntryLimits' });

/** Limits to be changed: null takes one away, what is left out stays as it is. */
export const entryLimitsInput = z
  .strictObject({
    maxGrossUsd: LIMITS.maxGrossUsd.nullable(),
    maxInstrumentUsd: LIMITS.maxInstrumentUsd.nullable(),
    maxDailyLossUsd: LIMITS.maxDailyLossUsd.nullable(),
    maxDrawdownUsd: LIMITS.maxDrawdownUsd.nullable(),
    lossStreak: LIMITS.lossStreak.nullable(),
    stopGuard: LIMITS.stopGuard.nullable(),
    maxEntriesPerMinute: LIMITS.maxEntriesPerMinute.nullable(),
  })
  .partial();

/** Limits of all deployments together, before and after a change. */
export const changedLimits = z.object({ before: entryLimits, after: entryLimits });
export type ChangedLimits = z.output<typeof changedLimits>;
