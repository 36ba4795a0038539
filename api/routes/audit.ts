import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listChanges } from '#prisma/repositories/audit-log.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { COUNTED, paginate } from '../pagination.ts';
import { auditPage, auditQuery } from '../schemas/audit.ts';
import { problems } from '../schemas/common.ts';

/** Audit log: list who changed what, and when. */
export const auditRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/audit-log', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['audit log'],
        summary: 'Who paused, resumed, closed, adjusted or configured what, and when',
        querystring: auditQuery,
        response: { 200: auditPage, ...problems() },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        paginate({ limit, cursor }, (page) => listChanges(db, { ...page, ...given(filter) }), COUNTED),
    });
  };
