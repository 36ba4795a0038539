import type { FastifyReply } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { ApiDeps } from '../deps.ts';
import { id, problems } from '../schemas/common.ts';
import { delivered, type Delivered } from '../schemas/hook.ts';
import { receiveUpdate } from '../use-cases/receive-update.ts';
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

    addTelegramDoor(app, deps);

    app.post('/hooks/webhook/:id', {
      config: { access: { scope: 'open', rows: 'none' } },
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
      config: { access: { scope: 'open', rows: 'none' } },
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

/** The door for Telegram, which delivers the posts of a bot's channels one after the other. */
function addTelegramDoor(app: Parameters<FastifyPluginAsyncZod>[0], deps: ApiDeps): void {
  app.post('/hooks/telegram/:botId', {
    config: { access: { scope: 'open', rows: 'none' } },
    schema: {
      tags: ['hooks'],
      summary: 'Post an update of the Bot API',
      description: 'Telegram sends it with the secret that the bot was registered with.',
      security: [],
      params: z.object({ botId: z.string().regex(/^\d{5,20}$/, 'must be the number of a bot') }),
      response: { 200: z.object({}), ...problems('hook_refused', 'body_too_large') },
    },
    handler: async ({ params, headers, body }) => {
      const secret = single(headers['x-telegram-bot-api-secret-token']);
      await receiveUpdate(deps, { botId: params.botId, secret, body: toBuffer(body) });
      return {};
    },
  });
}

/** 202 for what is new, 200 for what comes again: senders take either as delivered. */
const answer = (reply: FastifyReply, result: Delivered) =>
  reply.code(result.duplicate ? 200 : 202).send(result);

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? undefined : header;

const toBuffer = (body: unknown): Buffer => (Buffer.isBuffer(body) ? body : Buffer.alloc(0));
