import { z } from 'zod';
import { EXIT_REASONS } from '#domain/barriers.ts';
import { SIDES, VENUES } from '#domain/ids.ts';
import { amount, isBookable, isDecimalString } from '#domain/money.ts';
import { LIFE_STATUSES } from '#domain/statuses.ts';
import { isStorable } from '#domain/storable-text.ts';
import { PROBLEMS, type ProblemCode } from '../problem.ts';

/** Parts that several schemas share. */
export const id = z.uuid('must be an id, such as 01936f0e-5f1a-7c3e-9b1d-2f6a4c8e0b57');
export const epochMs = z.number().int().meta({ description: 'milliseconds since 1970 (UTC)' });
export const decimal = z.string().meta({ description: 'decimal number as text', examples: ['51480'] });
export const side = z.enum(SIDES);
export const venueName = z.enum(VENUES);
export const exitReason = z.enum(EXIT_REASONS);
export const lifeStatus = z.enum(LIFE_STATUSES);

export const positiveDecimal = z
  .string()
  .max(40)
  .refine(
    (text) => isDecimalString(text) && isBookable(text) && amount(text).gt(0),
    'must be a positive number as text, such as "47500"',
  )
  .meta({ description: 'positive decimal number as text', examples: ['47500'] });

/** Text that a person has written. */
export const freeText = (maxLength: number) =>
  z.string().max(maxLength).refine(isStorable, 'must have no NUL and no half of a character');

export const symbol = z
  .string()
  .regex(/^([a-z0-9]+:)?[A-Za-z0-9]+(-[A-Za-z0-9]+)?$/, 'must be a symbol, such as BTC or EUR-USD')
  .max(40)
  .meta({ examples: ['BTC'] });

export const walletAddress = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address: 0x and 40 hex digits')
  .meta({ examples: ['0x5e9ee1089755c3435139848e47e6635505d5a13a'] });

export const idParams = z.object({ id });

export const MAX_PAGE = 100;
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).default(50),
  cursor: z.string().max(200).optional(),
});
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });

export const problem = z
  .object({
    type: z.string(),
    code: z.string().meta({ enum: Object.keys(PROBLEMS) }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    errors: z
      .array(z.object({ in: z.enum(['body', 'query', 'path']), pointer: z.string(), detail: z.string() }))
      .optional(),
  })
  .meta({ id: 'Problem' });

/** Problems that every route has. */
const PROBLEMS_OF_ALL: readonly ProblemCode[] = [
  'validation_failed',
  'unauthenticated',
  'scope_missing',
  'role_missing',
  'proof_needed',
  'origin_refused',
  'rate_limited',
];

/** Returns the responses that document the given problems of a route, with the problems that every route has. */
export function problems(...codes: ProblemCode[]) {
  const all: ProblemCode[] = [...PROBLEMS_OF_ALL, ...codes];
  const statuses = [...new Set(all.map((code) => PROBLEMS[code][0]))];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: all.filter((code) => PROBLEMS[code][0] === status).join(', '),
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  );
}
