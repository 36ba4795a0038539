import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ApiDeps } from '../deps.ts';
import { ownRows } from '../plugins/auth.ts';
import { problems } from '../schemas/common.ts';
import { explanation, explanationParams } from '../schemas/explanation.ts';
import { explain } from '../use-cases/explain.ts';

/** Explanations: the way from the words of a message to its trades or refusals. */
export const explanationRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/explanations/:id', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['explanations'],
        summary: 'From the words to the trade or the refusal, for a message, a signal or a trade',
        params: explanationParams,
        response: { 200: explanation, ...problems('nothing_found', 'id_ambiguous') },
      },
      handler: (request) => explain(db, request.params.id.toLowerCase(), { now: now(), ...ownRows(request) }),
    });
  };
