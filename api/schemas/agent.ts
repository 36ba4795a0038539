import { z } from 'zod';
import {
  CONDITIONAL_CALL_USES,
  FOLLOW_UP_USES,
  NO_REACTIONS,
  OPPOSITE_CALL_USES,
} from '#domain/reactions.ts';
import { PROFIT_RULES } from '#domain/billing.ts';
import { SCORE_USES } from '#domain/scoring/score-use.ts';
import { SOURCE_KINDS } from '#domain/statuses.ts';
import { WEIGHED_NAMES } from '#domain/weights.ts';
import { epochMs, freeText, id, lifeStatus, pageOf, venueName } from './common.ts';
import { MAX_HANDLE_LENGTH } from './source.ts';
import { agentBarriers, givenPolicyInput, sizeModel, sizeModelInput } from './trading-rules.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const weight = z.number().int().min(0).max(100);
const sourceWeight = z.strictObject({
  kind: z.enum(SOURCE_KINDS),
  handle: freeText(MAX_HANDLE_LENGTH).min(1),
  weight,
});
/** A source that there is, by its id, or by kind and handle; the latter is added where there is none. */
const sourceWeightInput = z.union([sourceWeight, z.strictObject({ sourceId: id, weight })]);
export type SourceWeightInput = z.output<typeof sourceWeightInput>;

const percent = z.number().int().min(0).max(100);
const weights = z.partialRecord(z.enum(WEIGHED_NAMES), percent).meta({
  description: 'how much each kind of source counts, 0 to 100; one that is left out counts in full',
  examples: [{ x: 50, institutes: 100 }],
});
const scoreUse = z.enum(SCORE_USES).meta({
  description: 'what the market score does: scales equity percent, refuses trades at zero or below, or both',
});

const followUps = z.enum(FOLLOW_UP_USES).meta({
  description:
    'what it does with posts that say close, reduce or move the stop of an open trade of their author',
});
const oppositeCalls = z.enum(OPPOSITE_CALL_USES).meta({
  description: 'what it does with a call against an open trade of its author',
});

const conditionalCalls = z.enum(CONDITIONAL_CALL_USES).meta({
  description: 'what it does with a call that waits for a price',
});

const profitShare = z.enum(PROFIT_RULES).meta({
  description:
    'of what profit is shared: above the high-water mark of a deployment, or of each winning trade',
});

/** The fields of a new agent; a missing field takes its default. */
export const agentInput = z.strictObject({
  name: z
    .string()
    .regex(/^[\w][\w .-]{0,59}$/, 'must be 1 to 60 letters, digits, spaces, dots, - or _')
    .meta({ examples: ['momentum'] }),
  venuePreference: z
    .array(venueName)
    .refine((venues) => new Set(venues).size === venues.length, 'must name each venue once')
    .default([])
    .meta({ description: 'the venues to ask, in order; empty leaves it to the routing rules' }),
  minConfidence: z.number().min(0).max(1).default(0.5),
  barriers: givenPolicyInput.optional(),
  sizeModel: sizeModelInput.default({ mode: 'riskPercent', percent: 2 }),
  signalTtlMs: z.number().int().min(1_000).max(DAY_MS).default(300_000),
  maxDriftPct: z.number().min(0).max(100).default(1),
  scoreUse: scoreUse.default('off'),
  weights: weights.default({}),
  profitShare: profitShare.default('high_water'),
  followUps: followUps.default(NO_REACTIONS.followUps),
  oppositeCalls: oppositeCalls.default(NO_REACTIONS.oppositeCalls),
  conditionalCalls: conditionalCalls.default(NO_REACTIONS.conditionalCalls),
  sources: z.array(sourceWeightInput).max(100).default([]),
});

/** What is to change about an agent; what is left out stays. */
export const agentEdit = agentInput
  .pick({
    venuePreference: true,
    minConfidence: true,
    barriers: true,
    sizeModel: true,
    signalTtlMs: true,
    maxDriftPct: true,
    profitShare: true,
  })
  .extend({
    venuePreference: agentInput.shape.venuePreference.removeDefault().optional(),
    minConfidence: agentInput.shape.minConfidence.removeDefault().optional(),
    sizeModel: agentInput.shape.sizeModel.removeDefault().optional(),
    signalTtlMs: agentInput.shape.signalTtlMs.removeDefault().optional(),
    maxDriftPct: agentInput.shape.maxDriftPct.removeDefault().optional(),
    profitShare: agentInput.shape.profitShare.removeDefault().optional(),
  });

/** The version that an edit was made on, as `ETag` and `version` say it. */
export const versionHeader = z.object({
  'if-match': z
    .string()
    .regex(/^"?\d{1,9}"?$/, 'must be the version of the agent, such as "3"')
    .meta({ description: 'version of the agent that the change was made on', examples: ['"3"'] }),
});

export const agent = z
  .object({
    id,
    name: z.string(),
    status: lifeStatus,
    isPublished: z.boolean(),
    profitShare,
    venuePreference: z.array(venueName),
    minConfidence: z.number(),
    barriers: agentBarriers,
    sizeModel,
    signalTtlMs: z.number().int(),
    maxDriftPct: z.number(),
    scoreUse,
    weights,
    followUps,
    oppositeCalls,
    conditionalCalls,
    sources: z.array(sourceWeight),
    version: z.number().int(),
    createdAt: epochMs,
    updatedAt: epochMs,
  })
  .meta({ id: 'Agent' });
export type Agent = z.output<typeof agent>;

/** What changes about an agent's weights; what is left out stays. */
export const weightsInput = z.strictObject({
  weights: weights.optional(),
  scoreUse: scoreUse.optional(),
  sources: z
    .array(sourceWeightInput)
    .max(100)
    .optional()
    .meta({ description: 'sources that the agent is to listen to, or whose weight changes' }),
});

/** What changes about an agent's reactions; what is left out stays. */
export const reactionsInput = z.strictObject({
  followUps: followUps.optional(),
  oppositeCalls: oppositeCalls.optional(),
  conditionalCalls: conditionalCalls.optional(),
});

export const agentPage = pageOf(agent);
