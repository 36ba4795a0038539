import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { completePolicy, NO_BARRIERS_GIVEN } from '#domain/given-barriers.ts';
import type { Reactions } from '#domain/reactions.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import {
  changeReactions,
  createAgent,
  findAgent,
  listAgents,
  weighAgent,
  type AgentRecord,
} from '#prisma/repositories/agents.ts';
import { reviveSources } from '#prisma/repositories/source-accounts.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import type { ApiDeps } from '../deps.ts';
import { paginate } from '../pagination.ts';
import { given } from '../use-cases/given.ts';
import { ownRows, principalOf } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { agent, agentInput, agentPage, reactionsInput, weightsInput } from '../schemas/agent.ts';
import { idParams, pageQuery, problems } from '../schemas/common.ts';
import { resolveSources } from '../use-cases/resolve-sources.ts';
import { toSizeModel } from '../schemas/trading-rules.ts';

/** Strategies: create, list, one, weigh. */
export const agentRoutes =
  ({ db, sources }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/agents', {
      config: { once: true, access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['agents'],
        summary: 'Create an agent',
        body: agentInput,
        response: { 201: agent, ...problems('agent_name_taken', 'source_refused', 'source_not_found') },
      },
      handler: async (request, reply) => {
        const { userId, name: actor } = principalOf(request);
        const { sizeModel, barriers, ...input } = request.body;
        const draft = {
          ...input,
          sources: await resolveSources({ db, sources, mayAdd: mayAdd(request) }, input.sources),
          ownerId: userId,
          sizeModel: toSizeModel(sizeModel),
          barriers: completePolicy(barriers ?? NO_BARRIERS_GIVEN),
        };
        const created = await db.$transaction(async (tx) => {
          const made = await createAgent(tx, draft);
          if (!made) throw new ProblemError('agent_name_taken', `An agent named ${input.name} exists.`);
          await reviveSources(tx, made.id);
          await recordChange(tx, {
            actor,
            action: 'agent.create',
            subject: `agent/${made.id}`,
            after: draft,
          });
          return made;
        });
        return reply.code(201).header('location', `/v1/agents/${created.id}`).send(created);
      },
    });

    app.get('/agents', {
      config: { access: { scope: 'read', rows: 'published' } },
      schema: {
        tags: ['agents'],
        summary: 'List agents',
        querystring: pageQuery,
        response: { 200: agentPage, ...problems() },
      },
      handler: async (request) => {
        const page = await paginate(request.query, (range) =>
          listAgents(db, { ...range, ...ownRows(request) }),
        );
        return { ...page, items: page.items.map((each) => shownTo(request, each)) };
      },
    });

    app.get('/agents/:id', {
      config: { access: { scope: 'read', rows: 'published' } },
      schema: {
        tags: ['agents'],
        summary: 'One agent',
        params: idParams,
        response: { 200: agent, ...problems('agent_not_found') },
      },
      handler: async (request) => shownTo(request, await getAgent(db, request.params.id)),
    });

    app.post('/agents/:id/weights', {
      config: { once: true, access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['agents'],
        summary: 'Weigh the sources of an agent and the market score',
        description: 'What is left out stays. It counts for calls and trades from now on.',
        params: idParams,
        body: weightsInput,
        response: { 200: agent, ...problems('agent_not_found', 'source_refused', 'source_not_found') },
      },
      handler: async (request) => {
        const { id } = request.params;
        const { sources: weighed = [], ...rest } = request.body;
        const change = {
          ...given(rest),
          sources: await resolveSources({ db, sources, mayAdd: mayAdd(request) }, weighed),
        };
        return db.$transaction(async (tx) => {
          const before = await getAgent(tx, id);
          await weighAgent(tx, id, change);
          await reviveSources(tx, id);
          const after = await getAgent(tx, id);
          await recordChange(tx, {
            actor: principalOf(request).name,
            action: 'agent.weigh',
            subject: `agent/${id}`,
            before: weightsOf(before),
            after: weightsOf(after),
          });
          return after;
        });
      },
    });

    app.post('/agents/:id/reactions', {
      config: { access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['agents'],
        summary:
          'Say what an agent does with posts about its open trades, calls against them, and calls that wait for a price',
        description: 'What is left out stays. It counts for posts from now on.',
        params: idParams,
        body: reactionsInput,
        response: { 200: agent, ...problems('agent_not_found') },
      },
      handler: (request) =>
        db.$transaction(async (tx) => {
          const { id } = request.params;
          const before = await getAgent(tx, id);
          await changeReactions(tx, id, given(request.body));
          const after = await getAgent(tx, id);
          await recordChange(tx, {
            actor: principalOf(request).name,
            action: 'agent.react',
            subject: `agent/${id}`,
            before: reactionsOfAgent(before),
            after: reactionsOfAgent(after),
          });
          return after;
        }),
    });
  };

/** Sources are the installation's: who touches own rows alone adds none. */
const mayAdd = (request: FastifyRequest): boolean => ownRows(request).ofUser === undefined;

/** What an agent listens to is its owner's affair, also where others may deploy it. */
export function shownTo(request: FastifyRequest, record: AgentRecord): AgentRecord {
  const { ofUser } = ownRows(request);
  return ofUser === undefined || ofUser === record.ownerId ? record : { ...record, sources: [], weights: {} };
}

const reactionsOfAgent = ({ followUps, oppositeCalls, conditionalCalls }: AgentRecord): Reactions => ({
  followUps,
  oppositeCalls,
  conditionalCalls,
});

const weightsOf = ({ weights, scoreUse, sources }: AgentRecord) => ({ weights, scoreUse, sources });

/** Returns the agent. Throws `agent_not_found`. */
export async function getAgent(db: DatabaseOrTransaction, id: string) {
  const found = await findAgent(db, id);
  if (!found) throw new ProblemError('agent_not_found', `There is no agent ${id}.`);
  return found;
}
