import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { cacheAnswers } from '../cached.ts';
import type { ApiDeps } from '../deps.ts';
import { ownRows } from '../plugins/auth.ts';
import { problems } from '../schemas/common.ts';
import { positionList, positionQuery, tradePrices, type TradePrices } from '../schemas/position.ts';
import { tradeParams } from '../schemas/trade.ts';
import { describePositions } from '../use-cases/describe-positions.ts';
import { given } from '../use-cases/given.ts';
import { readSeenPrices, readVenuePrices } from '../use-cases/read-trade-prices.ts';
import { findTradeByPart } from '../use-cases/trade-control.ts';

/** Prices of a trade may be this old. */
const PRICES_AGE_MS = 5_000;
/** A venue is asked for the candles of a trade that often at most, out of the budget that trading has. */
const CANDLES_AGE_MS = 60_000;

/** Positions: list them at the prices of now, and the prices around a trade. */
export const positionRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db, now } = deps;
    const known = cacheAnswers<TradePrices>(now, PRICES_AGE_MS);
    const candles = cacheAnswers<TradePrices>(now, CANDLES_AGE_MS);

    app.get('/positions', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'List trades that have not ended, with the worth of their positions now',
        querystring: positionQuery,
        response: { 200: positionList, ...problems() },
      },
      handler: (request) => describePositions(db, { ...given(request.query), ...ownRows(request) }, now()),
    });

    app.get('/trades/:id/prices', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['trades'],
        summary: 'Prices while a trade was open: those that the watcher saw, else the candles of the venue',
        params: tradeParams,
        response: { 200: tradePrices, ...problems('trade_not_found', 'trade_id_ambiguous') },
      },
      handler: async (request) => {
        const trade = await findTradeByPart(db, request.params.id, ownRows(request));
        const askVenue = () => candles(trade.id, () => readVenuePrices(deps, trade));
        return known(trade.id, async () => (await readSeenPrices(deps, trade)) ?? askVenue());
      },
    });
  };
