import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { asId, type AccountId } from '#domain/ids.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';
import { account, accountParams, accountQuery } from '../schemas/account.ts';
import { problems } from '../schemas/common.ts';
import { getDeployment } from './deployments.ts';

/** Accounts: one, as its venue reports it at the request. */
export const accountRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.get('/accounts/:deploymentId', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['accounts'],
        summary: "A deployment's equity and positions, by the venue's word",
        params: accountParams,
        querystring: accountQuery,
        response: {
          200: account,
          ...problems('deployment_not_found', 'venue_not_configured', 'venue_unreachable'),
        },
      },
      handler: async ({ params, query }) => {
        const found = await getDeployment(deps, params.deploymentId);
        const name = query.venue ?? found.tradingKeys[0]?.venue ?? 'hyperliquid';
        const venue = findVenue(deps, name);
        if (!venue) throw new ProblemError('venue_not_configured', `${name} is not configured.`);
        const state = await venue.accounts.account(asId<AccountId>(found.walletAddress));
        return {
          deploymentId: found.id,
          accountId: found.walletAddress,
          venue: name,
          ...state,
          askedAt: deps.now(),
        };
      },
    });
  };
