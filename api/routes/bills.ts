import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { statementCsv, statementPage } from '#domain/statement.ts';
import { listBills } from '#prisma/repositories/bills.ts';
import { readStatement } from '#prisma/repositories/statements.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { ownRows } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { billPage, billQuery, statement, statementParams, statementQuery } from '../schemas/bill.ts';
import { problems } from '../schemas/common.ts';

/** Bills: list, and what a deployment owes for a month. */
export const billRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/bills', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['bills'],
        summary: 'List bills',
        querystring: billQuery,
        response: { 200: billPage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, ...filter } = request.query;
        return paginate({ limit, cursor }, (page) =>
          listBills(db, { ...page, ...given(filter), ...ownRows(request) }),
        );
      },
    });

    app.get('/deployments/:id/statements/:month', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['bills'],
        summary: 'What a deployment owes for a calendar month, as JSON, CSV or a page to print',
        params: statementParams,
        querystring: statementQuery,
        response: {
          200: {
            content: {
              'application/json': { schema: statement },
              'text/csv': { schema: z.string() },
              'text/html': { schema: z.string() },
            },
          },
          ...problems('deployment_not_found'),
        },
      },
      handler: async ({ params, query: { format } }, reply) => {
        const found = await readStatement(db, params.id, params.month);
        if (!found) throw new ProblemError('deployment_not_found', `There is no deployment ${params.id}.`);
        if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(statementCsv(found));
        if (format === 'html') return reply.type('text/html; charset=utf-8').send(statementPage(found));
        return reply.type('application/json; charset=utf-8').send(found);
      },
    });
  };
