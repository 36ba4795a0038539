import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { completePolicy } from '#domain/given-barriers.ts';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { agent, agentEdit, versionHeader } from '../schemas/agent.ts';
import { idParams, problems } from '../schemas/common.ts';
import { toSizeModel } from '../schemas/trading-rules.ts';
import { AGENT_STATUS_CHANGES, changeAgent, changeAgentStatus } from '../use-cases/change-agent.ts';
import { given } from '../use-cases/given.ts';

const SUMMARIES = {
  pause: 'Refuse the calls of an agent; open trades go on',
  resume: 'Take the calls of an agent again',
  archive: 'End an agent that no deployment follows any more',
} as const;

/** Agents: edit, pause, resume, archive. */
export const agentChangeRoutes =
  ({ db }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.patch('/agents/:id', {
      config: { access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['agents'],
        summary: 'Edit an agent; its next trades go by it',
        description: 'What is left out stays. Exits are replaced as a whole. Open trades keep theirs.',
        params: idParams,
        headers: versionHeader,
        body: agentEdit,
        response: { 200: agent, ...problems('agent_not_found', 'version_changed') },
      },
      handler: async (request, reply) => {
        const { barriers, sizeModel, ...plain } = request.body;
        const edited = await changeAgent(db, principalOf(request), {
          id: request.params.id,
          version: Number(request.headers['if-match'].replaceAll('"', '')),
          edit: {
            ...given(plain),
            ...(barriers && { barriers: completePolicy(barriers) }),
            ...(sizeModel && { sizeModel: toSizeModel(sizeModel) }),
          },
        });
        return reply.header('etag', `"${edited.version}"`).send(edited);
      },
    });

    for (const change of AGENT_STATUS_CHANGES) {
      app.post(`/agents/:id/${change}`, {
        config: { once: true, access: { scope: 'trade', rows: 'own', role: 'creator' } },
        schema: {
          tags: ['agents'],
          summary: SUMMARIES[change],
          params: idParams,
          response: {
            200: agent,
            ...problems('agent_not_found', 'agent_state', 'agent_in_use', 'version_changed'),
          },
        },
        handler: (request) => changeAgentStatus(db, principalOf(request), { id: request.params.id, change }),
      });
    }
  };
