import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { FULL_WEIGHTS } from '#domain/scoring/market-score.ts';
import { inputWeights } from '#domain/weights.ts';
import { findKnownScore, listNewestScores } from '#prisma/repositories/market-indicators.ts';
import type { ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../schemas/common.ts';
import { score, scorePage, scoreParams, scoreQuery, scoresQuery } from '../schemas/score.ts';
import { describeScore } from '../use-cases/describe-score.ts';
import { readSymbol } from '../use-cases/read-symbol.ts';
import { getAgent } from './agents.ts';

/** Market scores: the newest of each market, and one with what explains it. */
export const scoreRoutes =
  ({ db, now }: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/scores', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['scores'],
        summary: 'The newest market score of each market, by symbol',
        querystring: scoresQuery,
        response: { 200: scorePage, ...problems() },
      },
      handler: async ({ query: { limit, cursor } }) => {
        const rows = await listNewestScores(db, {
          limit: limit + 1,
          ...(cursor !== undefined && { after: cursor }),
        });
        const items = rows
          .slice(0, limit)
          .map((row) => describeScore(row, { weights: FULL_WEIGHTS, now: now(), known: null }));
        return { items, nextCursor: rows.length > limit ? (items.at(-1)?.symbol ?? null) : null };
      },
    });

    app.get('/scores/:symbol', {
      config: { access: { scope: 'read', rows: 'shared' } },
      schema: {
        tags: ['scores'],
        summary: 'The newest market score of one market, explained',
        params: scoreParams,
        querystring: scoreQuery,
        response: {
          200: score,
          ...problems('agent_not_found', 'score_not_found', 'symbol_ambiguous', 'symbol_unreadable'),
        },
      },
      handler: async ({ params, query: { agentId } }) => {
        const symbol = await readSymbol(db, params.symbol);
        const [[row], known, agent] = await Promise.all([
          listNewestScores(db, { symbol, limit: 1 }),
          findKnownScore(db, symbol),
          agentId === undefined ? null : getAgent(db, agentId),
        ]);
        if (!row) throw new ProblemError('score_not_found', `No score of ${symbol} has been computed yet.`);
        const weights = agent ? inputWeights(agent.weights) : FULL_WEIGHTS;
        return describeScore(row, { weights, now: now(), known });
      },
    });
  };
