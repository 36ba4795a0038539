import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { Venue } from '#venues/venue.ts';
import { readStanding } from '#activities/flatten/account-standing.ts';
import type { DeploymentRecord } from '#prisma/repositories/deployments.ts';
import { getVenue, type ApiDeps } from '../deps.ts';
import { account, accountParams, accountQuery, accountStanding } from '../schemas/account.ts';
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
        const venue = venueFor(deps, found, query.venue);
        const state = await venue.accounts.account(asId<AccountId>(found.walletAddress));
        return {
          deploymentId: found.id,
          accountId: found.walletAddress,
          venue: venue.name,
          ...state,
          askedAt: deps.now(),
        };
      },
    });

    app.get('/accounts/:deploymentId/standing', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['accounts'],
        summary: "Positions and orders of an account by the venue's word, ours and its owner's apart",
        params: accountParams,
        querystring: accountQuery,
        response: {
          200: accountStanding,
          ...problems('deployment_not_found', 'venue_not_configured', 'venue_unreachable'),
        },
      },
      handler: async ({ params, query }) => {
        const found = await getDeployment(deps, params.deploymentId);
        const venue = venueFor(deps, found, query.venue);
        const standing = await readStanding(deps.db, venue, asId<AccountId>(found.walletAddress));
        return { ...standing, deploymentId: found.id, askedAt: deps.now() };
      },
    });
  };

/** Returns the venue that is asked about, else the one whose key signs. Throws `venue_not_configured`. */
function venueFor(
  deps: ApiDeps,
  { tradingKeys }: Pick<DeploymentRecord, 'tradingKeys'>,
  asked: VenueName | undefined,
): Venue {
  return getVenue(deps, asked ?? tradingKeys[0]?.venue ?? 'hyperliquid');
}
