import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { listBrakes, type BrakeTarget } from '#prisma/repositories/entry-brakes.ts';
import { readSystemLimits } from '#prisma/repositories/entry-limits.ts';
import { isVisible } from '#prisma/repositories/visible-rows.ts';
import type { ApiDeps } from '../deps.ts';
import { paginate } from '../pagination.ts';
import { ownRows, principalOf, requireAllRows } from '../plugins/auth.ts';
import {
  brake,
  brakeInput,
  brakePage,
  brakeQuery,
  changedLimits,
  entryLimits,
  entryLimitsInput,
} from '../schemas/brake.ts';
import { idParams, problems } from '../schemas/common.ts';
import { limitEverything } from '../use-cases/change-limits.ts';
import { endBrake, getBrake } from '../use-cases/release-brake.ts';
import { brakeEntries } from '../use-cases/set-brake.ts';

/** Brakes: set, list, release; and the limits of all deployments together. */
export const brakeRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db, now } = deps;

    /** Returns whether a brake is on a deployment or an agent of the caller. */
    const isOwn = async (
      request: FastifyRequest,
      { agentId, deploymentId }: BrakeTarget,
    ): Promise<boolean> => {
      if (deploymentId !== null) return isVisible(db, 'agent_deployment', deploymentId, ownRows(request));
      return agentId !== null && isVisible(db, 'agent', agentId, ownRows(request));
    };

    app.post('/brakes', {
      config: { once: true, access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['brakes'],
        summary: 'Stop entries everywhere, at a venue, of an agent or of a deployment',
        description:
          'Holds within a second in every process. Positions are protected, moved and closed as before.',
        body: brakeInput,
        response: { 201: brake, ...problems('agent_not_found', 'deployment_not_found') },
      },
      handler: async (request, reply) => {
        const { venue = null, agentId = null, deploymentId = null, reason, forMs = null } = request.body;
        if (agentId === null && deploymentId === null) requireAllRows(request);
        const wanted = { venue, agentId, deploymentId, reason, forMs };
        const made = await brakeEntries(deps, principalOf(request), wanted);
        return reply.code(201).header('location', `/v1/brakes/${made.id}`).send(made);
      },
    });

    app.get('/brakes', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['brakes'],
        summary: 'List brakes with their reasons and ends, newest first',
        querystring: brakeQuery,
        response: { 200: brakePage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, inForce } = request.query;
        return paginate({ limit, cursor }, (page) =>
          listBrakes(db, { ...page, ...ownRows(request), ...(inForce === 'true' && { inForceAt: now() }) }),
        );
      },
    });

    app.get('/brakes/:id', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['brakes'],
        summary: 'One brake',
        params: idParams,
        response: { 200: brake, ...problems('brake_not_found') },
      },
      handler: ({ params }) => getBrake(db, params.id),
    });

    app.post('/brakes/:id/release', {
      config: { once: true, access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['brakes'],
        summary: 'Let entries pass again; a limit counts from now on',
        params: idParams,
        response: { 200: brake, ...problems('brake_not_found', 'brake_ended') },
      },
      handler: async (request) => {
        const { id } = request.params;
        if (!(await isOwn(request, await getBrake(db, id)))) requireAllRows(request);
        return endBrake(deps, principalOf(request), id);
      },
    });

    app.get('/entry-limits', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['brakes'],
        summary: 'The limits of all deployments together',
        response: { 200: entryLimits, ...problems() },
      },
      handler: () => readSystemLimits(db),
    });

    app.patch('/entry-limits', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin', needsProof: true } },
      schema: {
        tags: ['brakes'],
        summary: 'Change the limits of all deployments together; null takes one away',
        body: entryLimitsInput,
        response: { 200: changedLimits, ...problems() },
      },
      handler: (request) => limitEverything(deps, principalOf(request), request.body),
    });
  };
