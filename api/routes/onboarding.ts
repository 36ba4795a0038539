import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { ApiDeps } from '../deps.ts';
import { principalOf } from '../plugins/auth.ts';
import { idParams, problems } from '../schemas/common.ts';
import { deployment, leaveInput, leaving } from '../schemas/deployment.ts';
import { approvalSignatureInput, approvalSteps, approvalStepsInput } from '../schemas/onboarding.ts';
import { leaveDeployment } from '../use-cases/leave-deployment.ts';
import { listApprovalSteps, submitApproval } from '../use-cases/onboarding.ts';
import { getDeployment } from './deployments.ts';

/** The first and the last of a deployment: letting its trading keys in with the wallet, and leaving. */
export const onboardingRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    app.post('/deployments/:id/approval/steps', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'What the wallet has to sign or send, so that the trading keys may trade',
        description:
          'Nothing is left once a key is approved. Typed data is signed by the wallet and given to the approval/signature route; transactions are sent by the wallet, and the approval route asks the venue then.',
        params: idParams,
        body: approvalStepsInput,
        response: {
          200: approvalSteps,
          ...problems('deployment_not_found', 'venue_not_configured', 'venue_unreachable'),
        },
      },
      handler: async ({ params, body }) => {
        const found = await getDeployment(deps, params.id);
        const steps = await listApprovalSteps(deps, found, body);
        return { deploymentId: found.id, walletAddress: found.walletAddress, steps };
      },
    });

    app.post('/deployments/:id/leave', {
      config: { access: { scope: 'trade', rows: 'own', needsProof: true } },
      schema: {
        tags: ['deployments'],
        summary: 'End a deployment: close what is open, credit the month, destroy the keys',
        description:
          'Answers 202 while positions are still being closed: ask again. The agent can be deployed for the wallet anew.',
        params: idParams,
        body: leaveInput,
        response: {
          200: leaving,
          202: leaving,
          ...problems('deployment_not_found', 'temporal_unreachable'),
        },
      },
      handler: async (request, reply) => {
        const found = await getDeployment(deps, request.params.id);
        const { note, waitMs } = request.body;
        const left = await leaveDeployment(deps, principalOf(request), found, { note, waitMs });
        return reply.code(left.tradesLeft === 0 ? 200 : 202).send({ ...left, deploymentId: found.id });
      },
    });

    app.post('/deployments/:id/approval/signature', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: "Hand the wallet's signature to the venue; the trading key may trade then",
        params: idParams,
        body: approvalSignatureInput,
        response: {
          200: deployment,
          ...problems(
            'deployment_not_found',
            'trading_key_not_found',
            'trading_key_unreadable',
            'approval_refused',
            'venue_not_configured',
            'venue_unreachable',
          ),
        },
      },
      handler: async (request) => {
        const found = await getDeployment(deps, request.params.id);
        await submitApproval(deps, principalOf(request), found, request.body);
        return getDeployment(deps, found.id);
      },
    });
  };
