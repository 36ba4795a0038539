import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Database } from '#prisma/client.ts';
import {
  keepAnswer,
  releaseRequestName,
  takeRequestName,
  type NamedRequestRecord,
  type RequestName,
} from '#prisma/repositories/named-requests.ts';
import { ProblemError } from '../problem.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A request with an `Idempotency-Key` is done once; its answer holds no secret, because it is kept for a day. */
    once?: true;
  }
  interface FastifyRequest {
    /** The name that the request has taken. */
    requestName: RequestName | null;
  }
}

/** What programs use as keys: UUIDs, hashes, names. */
const KEY_FORM = /^[\x21-\x7e]{1,100}$/;
const FAILED = 500;

/**
 * Does requests once that their callers name in `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same
 * one again is answered as the first was, another one under that key is refused, and so is one while the first is under
 * way. An answer of 500 or more gives the key back.
 */
export function doNamedRequestsOnce(app: FastifyInstance, db: Database): void {
  app.decorateRequest('requestName', null);
  app.addHook('onRoute', ({ config, schema }) => {
    if (config?.once && schema)
      schema.description = [schema.description, DESCRIPTION].filter(Boolean).join(' ');
  });
  app.addHook('preHandler', async (request, reply) => {
    const name = nameOf(request);
    if (!name) return undefined;
    const before = await takeRequestName(db, name);
    if (before) return repeat(before, name, reply);
    request.requestName = name;
    return undefined;
  });
  app.addHook('onSend', async ({ requestName }, reply, payload) => {
    if (!requestName) return payload;
    const status = reply.statusCode;
    if (status >= FAILED || typeof payload !== 'string') await releaseRequestName(db, requestName);
    else await keepAnswer(db, requestName, { status, answer: payload });
    return payload;
  });
}

function nameOf({ headers, routeOptions, principal, method, url, body }: FastifyRequest): RequestName | null {
  const key = headers['idempotency-key'];
  if (key === undefined || !routeOptions.config.once || !principal) return null;
  if (typeof key !== 'string' || !KEY_FORM.test(key)) throw new ProblemError('request_key_invalid');
  const content = createHash('sha256')
    .update(JSON.stringify([method, url, body ?? null]))
    .digest('hex');
  return { userId: principal.userId, key, content };
}

function repeat(before: NamedRequestRecord, { content }: RequestName, reply: FastifyReply): FastifyReply {
  if (before.content !== content) throw new ProblemError('request_key_used');
  if (before.status === null || before.answer === null) throw new ProblemError('request_under_way');
  const type = before.status < 400 ? 'application/json' : 'application/problem+json';
  return reply
    .code(before.status)
    .header('content-type', `${type}; charset=utf-8`)
    .header('idempotency-replayed', 'true')
    .serializer((answer: string) => answer)
    .send(before.answer);
}

const DESCRIPTION =
  'With an `Idempotency-Key`, which stands for a day, the same request again is answered as the first was.';
