import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { problems } from '../schemas/common.ts';

const NOT_THERE = problems('agent_not_found', 'deployment_not_found', 'signal_not_found', 'source_not_found');
const TOO_LARGE = problems('body_too_large', 'unsupported_media_type');
const NAMED = problems('request_key_invalid', 'request_key_used', 'request_under_way');
const described = z.record(z.string(), z.unknown());

/**
 * Adds to the description of every route registered after it what no route says itself: rows that are not the caller's
 * are answered as rows that are not there, a body may be too large or of another type, and an `Idempotency-Key` be wrong.
 */
export function describeProblems(app: FastifyInstance): void {
  app.addHook('onRoute', ({ config, schema }) => {
    if (!schema || !config?.access) return;
    schema.response = {
      ...(config.once && NAMED),
      ...(config.access.rows !== 'none' && NOT_THERE),
      ...(schema.body !== undefined && TOO_LARGE),
      ...described.parse(schema.response ?? {}),
    };
  });
}
