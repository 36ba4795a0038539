import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listBills } from '#prisma/repositories/bills.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { billPage, billQuery } from '../schemas/bill.ts';
import { problems } from '../schemas/common.ts';

/** Bills: list. */
export const billRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/bills', {
      schema: {
        tags: ['bills'],
        summary: 'List bills',
        querystring: billQuery,
        response: { 200: billPage, ...problems() },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        paginate({ limit, cursor }, (page) => listBills(db, { ...page, ...given(filter) })),
    });
  };
