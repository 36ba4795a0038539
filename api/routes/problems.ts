import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { problems } from '../schemas/common.ts';
import { PROBLEMS, ProblemError, type ProblemCode } from '../problem.ts';

const explained = z.object({
  code: z.string(),
  status: z.number().int(),
  title: z.string(),
  remedy: z.string(),
});

/** Pages of the problems, at the address of each problem's `type`. */
export const problemRoutes: FastifyPluginAsyncZod = async (app) => {
  app.get('/problems/:code', {
    config: { access: { scope: 'open', rows: 'none' } },
    schema: {
      tags: ['problems'],
      summary: 'What an error code means and what to do about it',
      security: [],
      params: z.object({ code: z.string().max(60) }),
      response: { 200: explained, ...problems('route_not_found') },
    },
    handler: ({ params: { code } }) => {
      if (!isCode(code)) throw new ProblemError('route_not_found', `There is no problem ${code}.`);
      const [status, title, remedy] = PROBLEMS[code];
      return { code, status, title, remedy };
    },
  });
};

const isCode = (code: string): code is ProblemCode => Object.hasOwn(PROBLEMS, code);
