import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { Database, DatabaseOrTransaction, Transaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { listRoutingDecisions, summariseRouting } from '#prisma/repositories/routing-decisions.ts';
import { readRules, removeRules, saveRules } from '#prisma/repositories/routing.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { ownRows, principalOf, requireAllRows } from '../plugins/auth.ts';
import { problems } from '../schemas/common.ts';
import {
  decisionPage,
  decisionQuery,
  routingRules,
  routingSummary,
  rulesInput,
  rulesQuery,
  rulesReset,
  summaryQuery,
  type RoutingRules,
} from '../schemas/routing.ts';
import { getAgent } from './agents.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Routing: read, set and reset its rules, and list its decisions. */
export const routingRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/routing-rules', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['routing'],
        summary: 'The rules in force for an agent, or for everybody',
        querystring: rulesQuery,
        response: { 200: routingRules, ...problems('agent_not_found') },
      },
      handler: ({ query }) => rulesInForce(db, query.agentId),
    });

    app.post('/routing-rules', {
      config: { once: true, access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['routing'],
        summary: 'Set the rules of an agent, or of everybody',
        description: 'They hold for signals routed from now on.',
        body: rulesInput,
        response: { 200: routingRules, ...problems('agent_not_found') },
      },
      handler: async (request) => {
        const { agentId, ...change } = request.body;
        if (agentId === undefined) requireAllRows(request);
        const { name: actor } = principalOf(request);
        return changeRules(db, { actor, action: 'routing.set', agentId }, (tx, before) =>
          saveRules(tx, agentId ?? null, { mode: before.mode, venues: before.venues, ...given(change) }),
        );
      },
    });

    app.post('/routing-rules/reset', {
      config: { access: { scope: 'trade', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['routing'],
        summary: 'Forget the rules of an agent, or of everybody; those next in line are then in force',
        body: rulesReset,
        response: { 200: routingRules, ...problems('agent_not_found') },
      },
      handler: async (request) => {
        const { agentId } = request.body;
        if (agentId === undefined) requireAllRows(request);
        const { name: actor } = principalOf(request);
        return changeRules(db, { actor, action: 'routing.reset', agentId }, (tx) =>
          removeRules(tx, agentId ?? null),
        );
      },
    });

    app.get('/routing-decisions', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['routing'],
        summary: 'List which venues trades went to, and what the others said',
        querystring: decisionQuery,
        response: { 200: decisionPage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, ...filter } = request.query;
        return paginate({ limit, cursor }, (page) =>
          listRoutingDecisions(db, { ...page, ...given(filter), ...ownRows(request) }),
        );
      },
    });

    app.get('/routing-summary', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['routing'],
        summary: 'How often each venue was chosen, and refused for which reason',
        querystring: summaryQuery,
        response: { 200: routingSummary, ...problems() },
      },
      handler: async (request) => {
        const { days, ...filter } = request.query;
        const sinceMs = now() - days * DAY_MS;
        const which = { sinceMs, ...given(filter), ...ownRows(request) };
        return { sinceMs, ...(await summariseRouting(db, which)) };
      },
    });
  };

async function rulesInForce(db: DatabaseOrTransaction, agentId: string | undefined): Promise<RoutingRules> {
  const agent = agentId === undefined ? null : await getAgent(db, agentId);
  const { venues, ...rules } = await readRules(db, agent);
  return { agentId: agentId ?? null, ...rules, venues: [...venues] };
}

/** Changes rules, audited with before and after. Returns the rules that are then in force. */
const changeRules = (
  db: Database,
  { agentId, ...entry }: { actor: string; action: string; agentId: string | undefined },
  change: (tx: Transaction, before: RoutingRules) => Promise<void>,
): Promise<RoutingRules> =>
  db.$transaction(async (tx) => {
    const before = await rulesInForce(tx, agentId);
    await change(tx, before);
    const after = await rulesInForce(tx, agentId);
    const subject = agentId === undefined ? 'routing/everybody' : `agent/${agentId}`;
    await recordChange(tx, { ...entry, subject, before, after });
    return after;
  });
