import { ServiceError } from '@temporalio/client';
import { describe, expect, test } from 'vitest';
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
