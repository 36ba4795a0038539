import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { id, problems } from '../schemas/common.ts';
import { delivered, type Delivered } from '../schemas/hook.ts';
import { receiveAlert, receiveSigned } from '../use-cases/receive-message.ts';

const BODY_LIMIT_BYTES = 64 * 1024;

/** Doors for programs that post messages: each is opened by a signature or a token of its own, not by a sign-in. */
export const hookRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    // Signatures are of the bytes, so bodies come as they are.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser(
      '*',
      { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES },
      (_request, body, done) => done(null, body),
    );

    app.post('/hooks/webhook/:id', {
      schema: {
        tags: ['hooks'],
        summary: 'Post a message that is signed',
        description:
          'By the Standard Webhooks specification: `webhook-id`, `webhook-timestamp`, `webhook-signature`. The body is ' +
          'JSON with `text` or with `action`, or plain words.',
        security: [],
        params: z.object({ id }),
        response: {
          202: delivered,
          200: delivered,
          ...problems('hook_refused', 'hook_not_found', 'hook_paused', 'hook_too_old', 'body_too_large'),
        },
      },
      handler: async ({ params, headers, body }, reply) =>
        answer(
          reply,
          await receiveSigned(deps, params.id, {
            id: single(headers['webhook-id']),
            timestamp: single(headers['webhook-timestamp']),
            signature: single(headers['webhook-signature']),
            body: toBuffer(body),
          }),
        ),
    });

    app.post('/hooks/tradingview/:token', {
      schema: {
        tags: ['hooks'],
        summary: 'Post an alert of TradingView',
        description:
          'The token in the address opens it. The body is JSON with `text` or `action`, or plain words.',
        security: [],
        params: z.object({ token: z.string().regex(/^[\w-]{43}$/, 'must be a token') }),
        response: {
          202: delivered,
          200: delivered,
          ...problems('hook_not_found', 'hook_paused', 'hook_too_old', 'body_too_large'),
        },
      },
      handler: async ({ params, body }, reply) =>
        answer(reply, await receiveAlert(deps, params.token, toBuffer(body))),
    });
  };

/** 202 for what is new, 200 for what comes again: senders take either as delivered. */
const answer = (reply: FastifyReply, result: Delivered) =>
  reply.code(result.duplicate ? 200 : 202).send(result);

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? undefined : header;

const toBuffer = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
