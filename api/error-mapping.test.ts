import { ServiceError } from '@temporalio/client';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { VenueError } from '#venues/venue.ts';
import { toProblemError } from './error-mapping.ts';
import { PROBLEMS, ProblemError, toProblem } from './problem.ts';

const withCode = (message: string, code: string) => Object.assign(new Error(message), { code });

describe('toProblemError', () => {
  test.each([
    ['a venue that cannot be read', new VenueError('venue_down', 'HTTP 502', 'retry'), 'venue_unreachable'],
    ['Temporal out of reach', new ServiceError('unavailable'), 'temporal_unreachable'],
    ['Postgres out of reach', withCode("can't reach the server", 'P1001'), 'database_unreachable'],
    [
      'a refused connection below',
      new Error('query failed', { cause: withCode('connect', 'ECONNREFUSED') }),
      'database_unreachable',
    ],
    ['a body that is no JSON', withCode('bad', 'FST_ERR_CTP_INVALID_JSON_BODY'), 'malformed_body'],
    ['a mistake of ours', new TypeError('x is not a function'), 'internal'],
  ])('%s', (_what, error, code) => {
    expect(toProblemError(error).code).toBe(code);
  });

  test('gives away nothing of an unknown error', () => {
    const problem = toProblem(toProblemError(new Error('password=hunter2')), 'r1');
    expect(JSON.stringify(problem)).not.toContain('hunter2');
  });
});

test.each([
  [z.object({ side: z.enum(['long', 'short']) }), { side: 'up' }, '/side: must be one of long, short'],
  [z.object({ side: z.string() }), {}, '/side: is missing'],
  [z.object({ side: z.string() }), { side: 1 }, '/side: must be of type string'],
  [z.object({ limit: z.number().int().max(100) }), { limit: 999 }, '/limit: must be at most 100'],
  [z.object({ limit: z.number().int().min(1) }), { limit: 0 }, '/limit: must be at least 1'],
  [z.object({ percent: z.number().gt(0) }), { percent: 0 }, '/percent: must be above 0'],
  [z.object({ id: z.uuid('must be an id') }), { id: 'x' }, '/id: must be an id'],
])('a wrong field is named in plain words: %#', (schema, body, detail) => {
  const validate = validatorCompiler({ schema, method: 'POST', url: '/', httpPart: 'body' });
  const { error: validation } = validate(body) as { error: unknown };
  const refusal = Object.assign(new Error('invalid'), { validation, validationContext: 'body' });
  expect(toProblemError(refusal)).toMatchObject({ code: 'validation_failed', message: detail });
});

test('a problem carries its type, status and the request it belongs to', () => {
  expect(toProblem(new ProblemError('trade_ended', 'Trade t1 is closed.'), 'r1')).toEqual({
    type: '/problems/trade_ended',
    code: 'trade_ended',
    title: 'The trade has ended.',
    status: 409,
    detail: 'Trade t1 is closed.',
    instance: 'request/r1',
  });
});

test('every problem is an error status with a title and a remedy', () => {
  for (const [status, title, remedy] of Object.values(PROBLEMS)) {
    expect(status).toBeGreaterThanOrEqual(400);
    expect(title).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
  }
});
