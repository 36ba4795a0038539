import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { findTradeDetails } from '#prisma/repositories/trade-details.ts';
import { listTrades } from '#prisma/repositories/trade-views.ts';
import { workflowIds } from '#workflows/names.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { ownRows, principalOf } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import {
  adjustInput,
  closeAllAnswer,
  closeAllInput,
  closeInput,
  tradeAdjusted,
  tradeNote,
  tradePage,
  tradeParams,
  tradeQuery,
  tradeRequested,
  tradeDetails,
} from '../schemas/trade.ts';
import {
  adjustTrade,
  closeAll,
  findTradeByPart,
  requestOfTrade,
  waitUntilFlat,
} from '../use-cases/trade-control.ts';
import { pauseDeployments } from '../use-cases/pause-deployments.ts';

const CONTROL_PROBLEMS = problems(
  'trade_not_found',
  'trade_id_ambiguous',
  'trade_ended',
  'trade_not_running',
  'temporal_unreachable',
);

/** Trades: list, one with all its records, pause, resume, close. */
export const tradeRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;

    app.get('/trades', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'List trades',
        querystring: tradeQuery,
        response: { 200: tradePage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, phase, ...filter } = request.query;
        return paginate({ limit, cursor }, (page) =>
          listTrades(db, { ...page, ...given(filter), ...ownRows(request), ...(phase && { phases: phase }) }),
        );
      },
    });

    app.get('/trades/:id', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'One trade with everything that happened to it',
        params: tradeParams,
        response: { 200: tradeDetails, ...problems('trade_not_found', 'trade_id_ambiguous') },
      },
      handler: async (request) => {
        const { id } = await findTradeByPart(db, request.params.id, ownRows(request));
        const details = await findTradeDetails(db, id);
        if (!details) throw new ProblemError('trade_not_found', `There is no trade ${id}.`);
        return { ...details, workflowId: workflowIds.trade(details.signalId, details.deploymentId) };
      },
    });

    for (const wish of ['pause', 'resume'] as const) {
      app.post(`/trades/:id/${wish}`, {
        config: { once: true, access: { scope: 'trade', rows: 'own' } },
        schema: {
          tags: ['trades'],
          summary:
            wish === 'pause'
              ? 'Stop automatic exits; the resident stop stays'
              : 'Let automatic exits act again',
          params: tradeParams,
          body: tradeNote,
          response: { 202: tradeRequested, ...CONTROL_PROBLEMS },
        },
        handler: async (request, reply) => {
          const trade = await findTradeByPart(db, request.params.id, ownRows(request));
          await requestOfTrade(deps, principalOf(request), trade, wish, request.body.note);
          return reply.code(202).send({ tradeId: trade.id, requested: wish, closed: false });
        },
      });
    }

    app.post('/trades/:id/adjust', {
      config: { once: true, access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'Replace the exits of an open trade',
        description:
          'May loosen the stop, which the system itself never does; audited with before and after.',
        params: tradeParams,
        body: adjustInput,
        response: {
          200: tradeAdjusted,
          ...CONTROL_PROBLEMS,
          ...problems('trade_not_open', 'barriers_refused', 'stop_beyond_liquidation', 'venue_unreachable'),
        },
      },
      handler: async (request) => {
        const trade = await findTradeByPart(db, request.params.id, ownRows(request));
        const state = await adjustTrade(deps, principalOf(request), trade, request.body);
        return { tradeId: trade.id, remainingSize: state.remainingSize, stopPrice: state.stopPrice };
      },
    });

    app.post('/trades/close-all', {
      config: { once: true, access: { scope: 'trade', rows: 'own', needsProof: true } },
      schema: {
        tags: ['trades'],
        summary: 'Close every position, or those of one deployment',
        body: closeAllInput,
        response: { 202: closeAllAnswer, ...problems('deployment_not_found', 'temporal_unreachable') },
      },
      handler: async (request, reply) => {
        const { deploymentId, pause, note } = request.body;
        const principal = principalOf(request);
        // Pauses first, so that no trade begins after the list of trades to close is read.
        const which = { deploymentId, ...ownRows(request) };
        const paused = pause ? await pauseDeployments(db, principal, which) : [];
        const asked = await closeAll(deps, principal, { ...which, note });
        const trades = asked.map(({ trade, problem }) => ({
          tradeId: trade.id,
          requested: problem === null,
          problem,
        }));
        return reply.code(202).send({ trades, paused });
      },
    });

    app.post('/trades/:id/close', {
      config: { once: true, access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'Close the position at once',
        description:
          'With `wait`, answers 200 once the position is flat, or 202 when `waitMs` was not enough.',
        params: tradeParams,
        body: closeInput,
        response: { 200: tradeRequested, 202: tradeRequested, ...CONTROL_PROBLEMS },
      },
      handler: async (request, reply) => {
        const { note, wait, waitMs } = request.body;
        const trade = await findTradeByPart(db, request.params.id, ownRows(request));
        await requestOfTrade(deps, principalOf(request), trade, 'close', note);
        const closed = wait && (await waitUntilFlat(db, trade.id, waitMs));
        return reply.code(closed ? 200 : 202).send({ tradeId: trade.id, requested: 'close', closed });
      },
    });
  };
