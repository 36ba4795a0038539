import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listApiKeys, type ApiKeyRecord } from '#prisma/repositories/api-keys.ts';
import { addApiKey, endApiKey } from '../use-cases/change-api-keys.ts';
import type { ApiDeps } from '../deps.ts';
import { paginate } from '../pagination.ts';
import { principalOf } from '../plugins/auth.ts';
import { apiKey, apiKeyInput, apiKeyMade, apiKeyPage, type ApiKey } from '../schemas/api-key.ts';
import { idParams, pageQuery, problems } from '../schemas/common.ts';

/** Bearer keys of the API: list, add, revoke. */
export const apiKeyRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/api-keys', {
      schema: {
        tags: ['api keys'],
        summary: 'List the keys that open, or once opened, the API',
        querystring: pageQuery,
        response: { 200: apiKeyPage, ...problems() },
      },
      handler: async (request) => {
        const { items, nextCursor } = await paginate(request.query, (page) => listApiKeys(db, page));
        return { items: items.map((record) => toAnswer(request, record)), nextCursor };
      },
    });

    app.post('/api-keys', {
      schema: {
        tags: ['api keys'],
        summary: 'Make a key',
        description: 'The answer is the only place where it is ever shown.',
        body: apiKeyInput,
        response: { 201: apiKeyMade, ...problems() },
      },
      handler: async (request, reply) => {
        const { key, record } = await addApiKey(db, principalOf(request), request.body.name);
        return reply.code(201).send({ ...toAnswer(request, record), key });
      },
    });

    app.post('/api-keys/:id/revoke', {
      schema: {
        tags: ['api keys'],
        summary: 'End a key: it opens nothing from the next request on',
        params: idParams,
        response: { 200: apiKey, ...problems('api_key_not_found', 'last_api_key') },
      },
      handler: async (request) =>
        toAnswer(request, await endApiKey(db, principalOf(request), request.params.id)),
    });
  };

const toAnswer = (request: FastifyRequest, { isConfigured, ...record }: ApiKeyRecord): ApiKey => ({
  ...record,
  configured: isConfigured,
  current: principalOf(request).keyId === record.id,
});
