import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listHooks } from '#prisma/repositories/source-hooks.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { problems } from '../schemas/common.ts';
import { hookInput, hookList, hookMade } from '../schemas/hook.ts';
import { makeHook } from '../use-cases/make-hook.ts';

/** What opens the doors of sources that are posted to: list, make, replace. */
export const sourceHookRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/source-hooks', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['hooks'],
        summary: 'List the doors that programs may post to',
        response: { 200: hookList, ...problems() },
      },
      handler: async () => ({ items: await listHooks(deps.db, deps.now()) }),
    });

    app.post('/source-hooks', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['hooks'],
        summary: 'Make an address that a program may post to, or replace what opens it',
        description: 'The answer is the only place where its token or secret is ever shown.',
        body: hookInput,
        response: { 201: hookMade, ...problems('source_refused') },
      },
      handler: async (request, reply) =>
        reply.code(201).send(await makeHook(deps, principalOf(request), request.body)),
    });
  };
