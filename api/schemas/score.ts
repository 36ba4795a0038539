import { z } from 'zod';
import { SCORE_PARTS } from '#domain/scoring/score-parts.ts';
import { epochMs, id, pageOf, pageQuery, venueName } from './common.ts';

const partNames = z.enum(Object.keys(SCORE_PARTS));

const sideScore = z.object({
  value: z.number().nullable().meta({ description: '-1 to 1; null where it is unknown' }),
  coverage: z.number().meta({ description: 'share of the weights that is known, 0 to 1' }),
});

const part = z.object({
  name: partNames,
  value: z
    .number()
    .nullable()
    .meta({ description: '-1 to 1, for a long position; null where it is unknown' }),
  /** Its share against the other parts, with the weights of the agent that was asked for. */
  weight: z.number(),
  isDirectional: z.boolean().meta({ description: 'counts the other way round for a short position' }),
  formula: z.string(),
  inputs: z.record(z.string(), z.number().nullable()),
  addsToLong: z.number().nullable(),
  addsToShort: z.number().nullable(),
});

export const score = z
  .object({
    symbol: z.string(),
    /** Start of the six hours it was computed for. */
    at: epochMs,
    pricedAt: epochMs.meta({ description: 'time of the newest price in it, in ms since 1970 (UTC)' }),
    ageMs: z.number(),
    isFresh: z.boolean().meta({ description: 'false: too old, so that it counts as unknown' }),
    version: z.number().int().meta({ description: 'of the formulas' }),
    venue: venueName.nullable(),
    candleCoverage: z.number(),
    notes: z.array(z.string()),
    long: sideScore,
    short: sideScore,
    parts: z.array(part),
    /** The newest score for a long position that was known, where this one is not. */
    lastKnown: z.object({ value: z.number(), pricedAt: epochMs }).nullable(),
  })
  .meta({ id: 'Score' });
export type Score = z.output<typeof score>;

export const scoreParams = z.object({ symbol: z.string().min(1).max(40) });
export const scoreQuery = z.object({
  agentId: id.optional().meta({ description: 'weigh with the weights of this agent' }),
});
export const scorePage = pageOf(score);
export const scoresQuery = pageQuery;
