import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { createLimited } from '#process/limited.ts';
import { listSignals, readSignal, type SignalRow } from '#prisma/repositories/signals.ts';
import { listHeldCalls } from '#prisma/repositories/held-calls.ts';
import { listSkips } from '#prisma/repositories/skipped-signals.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { ownRows, principalOf } from '../plugins/auth.ts';
import { describeSignals } from '../use-cases/describe-signals.ts';
import { postSignal } from '../use-cases/post-signal.ts';
import { ProblemError } from '../problem.ts';
import { idParams, pageQuery, problems } from '../schemas/common.ts';
import {
  heldCallPage,
  signal,
  signalAccepted,
  signalInput,
  signalPage,
  signalQuery,
  skippedSignalPage,
  skippedSignalQuery,
  type SignalInput,
} from '../schemas/signal.ts';
import { signalPreview } from '../schemas/preview.ts';
import { previewSignal } from '../use-cases/preview-signal.ts';
import { readSignalRequest } from '../use-cases/read-signal-request.ts';

/** Each asks venues for prices and accounts, out of the budget that trading has. */
const PREVIEWS_PER_MINUTE = 20;

/** Refusals of a signal by hand, whether it is posted or previewed. */
const SIGNAL_PROBLEMS = problems(
  'agent_not_found',
  'agent_not_active',
  'symbol_ambiguous',
  'symbol_unreadable',
  'signal_refused',
);

/** Signals: preview, post by hand, list, one, and list the skipped ones. */
export const signalRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;
    const previews = createLimited(1);
    const readRequest = (request: FastifyRequest<{ Body: SignalInput }>) =>
      readSignalRequest(deps, request.body, ownRows(request));
    const describe = (request: FastifyRequest, rows: readonly SignalRow[]) =>
      describeSignals(db, rows, { now: deps.now(), ...ownRows(request) });

    app.post('/signals', {
      config: { once: true, access: { scope: 'trade', rows: 'own', role: 'creator', checksOwner: true } },
      schema: {
        tags: ['signals'],
        summary: 'Post a signal by hand',
        description: 'Answers 200 with `created: false` when the agent made the same call within six hours.',
        body: signalInput,
        response: {
          202: signalAccepted,
          200: signalAccepted,
          ...SIGNAL_PROBLEMS,
        },
      },
      handler: async (request, reply) => {
        const { agent, asked } = await readRequest(request);
        const posted = await postSignal(deps, principalOf(request), agent, asked);
        return reply.code(posted.created ? 202 : 200).send(posted);
      },
    });

    app.post('/signals/preview', {
      config: {
        rateLimit: { max: PREVIEWS_PER_MINUTE, timeWindow: 60_000 },
        access: { scope: 'read', rows: 'own', role: 'creator', checksOwner: true },
      },
      schema: {
        tags: ['signals'],
        summary: 'Say what would become of a signal, and send and write nothing',
        description: 'Decides by the code that decides about an entry, with the prices and accounts of now.',
        body: signalInput,
        response: {
          200: signalPreview,
          ...SIGNAL_PROBLEMS,
        },
      },
      handler: async (request) => {
        const { agent, asked } = await readRequest(request);
        return previews.run(() => previewSignal(deps, { agent, ...ownRows(request) }, asked));
      },
    });

    app.get('/signals', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['signals'],
        summary: 'List signals, with why they were not traded',
        querystring: signalQuery,
        response: { 200: signalPage, ...problems() },
      },
      handler: async (request) => {
        const { limit, cursor, ...filter } = request.query;
        const page = await paginate({ limit, cursor }, (range) =>
          listSignals(db, { ...range, ...given(filter), ...ownRows(request) }),
        );
        return { ...page, items: await describe(request, page.items) };
      },
    });

    app.get('/signals/:id', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['signals'],
        summary: 'One signal',
        params: idParams,
        response: { 200: signal, ...problems('signal_not_found') },
      },
      handler: async (request) => {
        const { id } = request.params;
        const row = await readSignal(db, id);
        if (!row) throw new ProblemError('signal_not_found', `There is no signal ${id}.`);
        const [described] = await describe(request, [row]);
        return described;
      },
    });

    app.get('/held-calls', {
      config: { access: { scope: 'read', rows: 'own', role: 'creator' } },
      schema: {
        tags: ['signals'],
        summary: 'List calls that wait: for a price, or for trades against them to be flat',
        querystring: pageQuery,
        response: { 200: heldCallPage, ...problems() },
      },
      handler: (request) =>
        paginate(request.query, (page) => listHeldCalls(db, { ...page, ...ownRows(request) })),
    });

    app.get('/skipped-signals', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['signals'],
        summary: 'List what was not traded, and why',
        querystring: skippedSignalQuery,
        response: { 200: skippedSignalPage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, ...filter } = request.query;
        return paginate({ limit, cursor }, (page) =>
          listSkips(db, { ...page, ...given(filter), ...ownRows(request) }),
        );
      },
    });
  };
