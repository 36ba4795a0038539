import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { NO_BARRIERS_GIVEN } from '#domain/given-barriers.ts';
import { findAgent } from '#prisma/repositories/agents.ts';
import { listSignals, readSignal, type SignalRow } from '#prisma/repositories/signals.ts';
import { listSkips } from '#prisma/repositories/skipped-signals.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { principalOf } from '../plugins/auth.ts';
import { describeSignals } from '../use-cases/describe-signals.ts';
import { postSignal } from '../use-cases/post-signal.ts';
import { ProblemError } from '../problem.ts';
import { readSymbol } from '../use-cases/read-symbol.ts';
import { idParams, problems } from '../schemas/common.ts';
import {
  signal,
  signalAccepted,
  signalInput,
  signalPage,
  signalQuery,
  skippedSignalPage,
  skippedSignalQuery,
} from '../schemas/signal.ts';
import { toSizeModel } from '../schemas/trading-rules.ts';

/** Signals: post by hand, list, one, and list the skipped ones. */
export const signalRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;
    const describe = (rows: readonly SignalRow[]) => describeSignals(db, rows, deps.now());

    app.post('/signals', {
      schema: {
        tags: ['signals'],
        summary: 'Post a signal by hand',
        description: 'Answers 200 with `created: false` when the agent made the same call within six hours.',
        body: signalInput,
        response: {
          202: signalAccepted,
          200: signalAccepted,
          ...problems(
            'agent_not_found',
            'agent_not_active',
            'symbol_ambiguous',
            'symbol_unreadable',
            'signal_refused',
          ),
        },
      },
      handler: async (request, reply) => {
        const { agentId, instrument, venue, ttlMs, sizeModel, ...rest } = request.body;
        const [agent, symbol] = await Promise.all([findAgent(db, agentId), readSymbol(db, instrument)]);
        if (!agent) throw new ProblemError('agent_not_found', `There is no agent ${agentId}.`);
        if (agent.status !== 'active')
          throw new ProblemError('agent_not_active', `${agent.name} is ${agent.status}.`);
        const posted = await postSignal(deps, principalOf(request), agent, {
          symbol,
          side: rest.side,
          confidence: rest.confidence,
          requestedVenue: venue,
          sizeModel: sizeModel ? toSizeModel(sizeModel) : null,
          barriers: rest.barriers ?? NO_BARRIERS_GIVEN,
          leverage: rest.leverage ?? null,
          referencePrice: rest.referencePrice ?? null,
          maxDriftPct: rest.maxDriftPct ?? null,
          ttlMs: ttlMs ?? null,
          isAgain: rest.again,
        });
        return reply.code(posted.created ? 202 : 200).send(posted);
      },
    });

    app.get('/signals', {
      schema: {
        tags: ['signals'],
        summary: 'List signals, with why they were not traded',
        querystring: signalQuery,
        response: { 200: signalPage, ...problems() },
      },
      handler: async ({ query: { limit, cursor, ...filter } }) => {
        const page = await paginate({ limit, cursor }, (range) =>
          listSignals(db, { ...range, ...given(filter) }),
        );
        return { ...page, items: await describe(page.items) };
      },
    });

    app.get('/signals/:id', {
      schema: {
        tags: ['signals'],
        summary: 'One signal',
        params: idParams,
        response: { 200: signal, ...problems('signal_not_found') },
      },
      handler: async ({ params }) => {
        const row = await readSignal(db, params.id);
        if (!row) throw new ProblemError('signal_not_found', `There is no signal ${params.id}.`);
        const [described] = await describe([row]);
        return described;
      },
    });

    app.get('/skipped-signals', {
      schema: {
        tags: ['signals'],
        summary: 'List what was not traded, and why',
        querystring: skippedSignalQuery,
        response: { 200: skippedSignalPage, ...problems() },
      },
      handler: ({ query: { limit, cursor, ...filter } }) =>
        paginate({ limit, cursor }, (page) => listSkips(db, { ...page, ...given(filter) })),
    });
  };
