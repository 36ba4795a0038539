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
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['api keys'],
        summary: 'List your keys, those that open nothing any more included',
        querystring: pageQuery,
        response: { 200: apiKeyPage, ...problems() },
      },
      handler: async (request) => {
        const { items, nextCursor } = await paginate(request.query, (page) =>
          listApiKeys(db, { ...page, userId: principalOf(request).userId }),
        );
        return { items: items.map((record) => toAnswer(request, record)), nextCursor };
      },
    });

    app.post('/api-keys', {
      config: { access: { scope: 'admin', rows: 'own', needsProof: true } },
      schema: {
        tags: ['api keys'],
        summary: 'Make a key',
        description: 'The answer is the only place where it is ever shown.',
        body: apiKeyInput,
        response: { 201: apiKeyMade, ...problems('scope_missing') },
      },
      handler: async (request, reply) => {
        const { key, record } = await addApiKey(db, principalOf(request), request.body);
        return reply.code(201).send({ ...toAnswer(request, record), key });
      },
    });

    app.post('/api-keys/:id/revoke', {
      config: { access: { scope: 'admin', rows: 'own' } },
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

const toAnswer = (request: FastifyRequest, { isConfigured, scopes, ...record }: ApiKeyRecord): ApiKey => ({
  ...record,
  scopes: [...scopes],
  configured: isConfigured,
  current: principalOf(request).keyId === record.id,
});
