import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listUsers } from '#prisma/repositories/users.ts';
import type { ApiDeps } from '../deps.ts';
import { paginate } from '../pagination.ts';
import { principalOf } from '../plugins/auth.ts';
import { idParams, pageQuery, problems } from '../schemas/common.ts';
import { user, userChange, userInput, userPage } from '../schemas/user.ts';
import { addUser, editUser } from '../use-cases/change-users.ts';

/** Users, for admins: list, add, change. */
export const userRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/users', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['users'],
        summary: 'List users',
        querystring: pageQuery,
        response: { 200: userPage, ...problems() },
      },
      handler: ({ query }) => paginate(query, (page) => listUsers(db, page)),
    });

    app.post('/users', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin', needsProof: true } },
      schema: {
        tags: ['users'],
        summary: 'Add a user, who signs in with a wallet',
        body: userInput,
        response: { 201: user, ...problems('user_exists') },
      },
      handler: async (request, reply) =>
        reply.code(201).send(await addUser(db, principalOf(request), request.body)),
    });

    app.patch('/users/:id', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin', needsProof: true } },
      schema: {
        tags: ['users'],
        summary: 'Change the name, the role or the wallet of a user, or lock the user out',
        params: idParams,
        body: userChange,
        response: { 200: user, ...problems('user_not_found', 'user_exists', 'last_admin') },
      },
      handler: (request) =>
        editUser({ db, now }, principalOf(request), { id: request.params.id, change: request.body }),
    });
  };
