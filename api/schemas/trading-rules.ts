import { z } from 'zod';
import type { Barriers } from '#domain/barriers.ts';
import type { AgentBarriers } from '#domain/agent-barriers.ts';
import {
  readGivenAdjustment,
  readGivenBarriers,
  readGivenPolicy,
  type GivenBarriers,
} from '#domain/given-barriers.ts';
import { BARRIER_PARTS, parseBarriers, type FieldProblem } from '#domain/parse-barriers.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { decimal, positiveDecimal } from './common.ts';

const levelSchema = { pct: { type: 'number' }, price: { type: 'string' } } as const;

/** For the documentation: what `parseBarriers` accepts. */
const BARRIERS_JSON_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  description: 'Exits; levels are percent of the entry price, or a price. Every part is optional.',
  examples: [{ stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] }],
  properties: {
    stopLoss: { type: 'object', properties: levelSchema },
    takeProfits: {
      type: 'array',
      maxItems: 5,
      items: { type: 'object', properties: { ...levelSchema, fraction: { type: 'number' } } },
    },
    breakEven: {
      type: 'object',
      properties: { afterTakeProfit: { type: 'integer' }, offsetPct: { type: 'number' } },
    },
    trailing: {
      type: 'array',
      items: {
        type: 'object',
        properties: { activatesAtPct: { type: 'number' }, distancePct: { type: 'number' } },
      },
    },
    timeLimitMs: { type: 'integer' },
  },
} as const;

const AGENT_BARRIERS_JSON_SCHEMA = {
  ...BARRIERS_JSON_SCHEMA,
  description: `${BARRIERS_JSON_SCHEMA.description} A part under \`always\` is the agent's in every trade.`,
  properties: {
    ...BARRIERS_JSON_SCHEMA.properties,
    always: { type: 'array', items: { enum: [...BARRIER_PARTS] } },
  },
} as const;

type Parsed<Read> = { ok: true; barriers: Read } | { ok: false; problems: FieldProblem[] };

/** Returns a schema that reads with a parser of the domain and gives its findings JSON pointers. */
const readBy = <Read>(parse: (input: unknown) => Parsed<Read>) =>
  z.unknown().transform((input, context): Read => {
    const parsed = parse(input);
    if (parsed.ok) return parsed.barriers;
    for (const { field, message } of parsed.problems) {
      context.addIssue({ code: 'custom', path: pathOf(field), message });
    }
    return z.NEVER;
  });

/** Barriers of a call or a trade from outside. */
export const barriersInput = readBy<Barriers>(parseBarriers).meta(BARRIERS_JSON_SCHEMA);

/** Exits of a call from outside, where `null` for a part says that there is to be none of it. */
export const givenBarriersInput = readBy<GivenBarriers>(readGivenBarriers).meta(BARRIERS_JSON_SCHEMA);

/** Other exits of an open trade from outside, with `null` as for a call; break-even after target 0 is now. */
export const adjustmentInput = readBy<GivenBarriers>(readGivenAdjustment).meta({
  ...BARRIERS_JSON_SCHEMA,
  description: `${BARRIERS_JSON_SCHEMA.description} A stop is held against the price of now; break-even after target 0 is now.`,
});

/** Exits of an agent from outside, with `null` as for a call. */
export const givenPolicyInput =
  readBy<GivenBarriers<AgentBarriers>>(readGivenPolicy).meta(AGENT_BARRIERS_JSON_SCHEMA);

/** Barriers as the books hold them. */
export const barriers = z.custom<Barriers>().meta(BARRIERS_JSON_SCHEMA);
export const agentBarriers = z.custom<AgentBarriers>().meta(AGENT_BARRIERS_JSON_SCHEMA);

const percent = z.number().gt(0).max(100).optional();

export const sizeModelInput = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('equityPercent'), percent }),
  z.strictObject({ mode: z.literal('fixedNotional'), notionalUsd: positiveDecimal }),
  z.strictObject({ mode: z.literal('riskPercent'), percent }),
]);

export const sizeModel = z.custom<SizeModel>().meta({
  type: 'object',
  required: ['mode'],
  properties: {
    mode: { enum: ['equityPercent', 'fixedNotional', 'riskPercent'] },
    percent: { type: 'number' },
    notionalUsd: { type: 'string' },
  },
});

export const resolvedLevels = z
  .object({
    stop: decimal.nullable(),
    targets: z.array(z.object({ leg: z.number().int(), price: decimal, fraction: z.number() })),
    breakEven: z.object({ afterTakeProfit: z.number().int(), price: decimal }).nullable(),
    trailing: z.array(z.object({ activatesAt: decimal, distancePct: z.number() })),
    timeLimitMs: z.number().nullable(),
  })
  .meta({ description: 'Exits in absolute prices, fixed at the entry fill' });

/** `takeProfits[0].fraction` as the steps of a JSON pointer. */
const pathOf = (field: string): string[] => field.split(/[.[\]]+/).filter(Boolean);

/** Returns the parts without the undefined ones, so that a part that was not given differs from a `null`. */
export const toSizeModel = (input: z.output<typeof sizeModelInput>): SizeModel =>
  input.mode === 'fixedNotional'
    ? input
    : { mode: input.mode, ...(input.percent !== undefined && { percent: input.percent }) };
