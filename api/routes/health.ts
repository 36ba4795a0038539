import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ApiDeps } from '../deps.ts';
import { checkReadiness } from '../readiness.ts';
import { liveness, readiness } from '../schemas/health.ts';

/** Health for supervisors and load balancers, without sign-in and rate limit. */
export const healthRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/livez', {
      config: { rateLimit: false, access: { scope: 'open', rows: 'none' } },
      schema: {
        tags: ['health'],
        summary: 'Whether the API runs',
        security: [],
        response: { 200: liveness },
      },
      handler: () => ({ status: 'ok' as const }),
    });

    app.get('/readyz', {
      config: { rateLimit: false, access: { scope: 'open', rows: 'none' } },
      schema: {
        tags: ['health'],
        summary: 'Whether everything the API needs answers; 503 with the reasons when not',
        security: [],
        response: { 200: readiness, 503: readiness },
      },
      handler: async (_request, reply) => {
        const found = await checkReadiness(deps);
        return reply.code(found.status === 'ready' ? 200 : 503).send(found);
      },
    });
  };
