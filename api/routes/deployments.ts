import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import type { LifeStatus } from '#domain/statuses.ts';
import { keyWarning, type KeyWarning } from '#domain/trading-key.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  changeDeploymentStatus,
  findDeployment,
  listDeployments,
  type DeploymentRecord,
  type TradingKeyView,
} from '#prisma/repositories/deployments.ts';
import { addTradingKey } from '../use-cases/add-trading-key.ts';
import { limitDeployment } from '../use-cases/change-limits.ts';
import { changeBilling } from '../use-cases/change-billing.ts';
import { checkApprovals } from '../use-cases/check-approvals.ts';
import { makeDeployment } from '../use-cases/create-deployment.ts';
import type { ApiDeps } from '../deps.ts';
import { given } from '../use-cases/given.ts';
import { paginate } from '../pagination.ts';
import { ownRows, principalOf, requireAllRows, type Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { rotateTradingKey } from '../use-cases/rotate-trading-key.ts';
import { idParams, problems } from '../schemas/common.ts';
import {
  deployment,
  deploymentInput,
  deploymentPage,
  deploymentQuery,
  tradingKeyInput,
  billingInput,
  changedDeploymentLimits,
  limitsInput,
} from '../schemas/deployment.ts';
import { toSizeModel } from '../schemas/trading-rules.ts';
import { getAgent } from './agents.ts';

const DEFAULT_FUND_USDC = '10000';

/** Subscriptions to agents: create, list, one, approve, pause, resume. */
export const deploymentRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;

    app.post('/agents/:id/deployments', {
      config: { once: true, access: { scope: 'trade', rows: 'published' } },
      schema: {
        tags: ['deployments'],
        summary: 'Deploy an agent for a wallet, or for a new wallet of the sandbox',
        params: idParams,
        body: deploymentInput,
        response: {
          201: deployment,
          ...problems(
            'agent_not_found',
            'agent_not_active',
            'deployment_exists',
            'wallet_has_trading_key',
            'wallet_needed',
            'venue_not_configured',
            'wallet_not_provisioned',
          ),
        },
      },
      handler: async (request, reply) => {
        const agent = await getAgent(db, request.params.id);
        if (agent.status !== 'active')
          throw new ProblemError('agent_not_active', `${agent.name} is ${agent.status}.`);
        const { walletAddress, sizeModel, fundUsdc, ...limits } = request.body;
        if (!limits.isBilled) requireAllRows(request);
        const made = await makeDeployment(deps, principalOf(request), {
          ...limits,
          agentId: agent.id,
          walletAddress: walletAddress ?? null,
          sizeModel: sizeModel ? toSizeModel(sizeModel) : null,
          fundUsdc: fundUsdc ?? DEFAULT_FUND_USDC,
        });
        return reply
          .code(201)
          .header('location', `/v1/deployments/${made.id}`)
          .send(withWarnings(made, deps.now()));
      },
    });

    app.get('/deployments', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'List deployments',
        querystring: deploymentQuery,
        response: { 200: deploymentPage, ...problems() },
      },
      handler: (request) => {
        const { limit, cursor, ...filter } = request.query;
        return paginate({ limit, cursor }, async (page) => {
          const found = await listDeployments(db, { ...page, ...given(filter), ...ownRows(request) });
          return found.map((each) => withWarnings(each, deps.now()));
        });
      },
    });

    app.get('/deployments/:id', {
      config: { access: { scope: 'read', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'One deployment',
        params: idParams,
        response: { 200: deployment, ...problems('deployment_not_found') },
      },
      handler: ({ params }) => getDeployment(deps, params.id),
    });

    app.patch('/deployments/:id', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'Change the limits and the size of a deployment; they hold for its next entries',
        params: idParams,
        body: limitsInput,
        response: { 200: changedDeploymentLimits, ...problems('deployment_not_found') },
      },
      handler: (request) => {
        const { sizeModel, ...limits } = request.body;
        const change = {
          ...limits,
          ...(sizeModel !== undefined && { sizeModel: sizeModel && toSizeModel(sizeModel) }),
        };
        return limitDeployment(deps, principalOf(request), { id: request.params.id, change });
      },
    });

    app.post('/deployments/:id/approval', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'Ask the venue which trading keys the wallet has approved; one that waits takes over',
        params: idParams,
        response: {
          200: deployment,
          ...problems('deployment_not_found', 'venue_unreachable', 'trading_key_unreadable'),
        },
      },
      handler: async (request) => {
        const found = await getDeployment(deps, request.params.id);
        await checkApprovals(deps, principalOf(request), found);
        return getDeployment(deps, found.id);
      },
    });

    app.post('/deployments/:id/trading-keys', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'Make a trading key for one more venue, for the wallet to approve there',
        params: idParams,
        body: tradingKeyInput,
        response: {
          201: deployment,
          ...problems(
            'deployment_not_found',
            'trading_key_exists',
            'venue_not_configured',
            'wallet_has_trading_key',
          ),
        },
      },
      handler: async (request, reply) => {
        const found = await getDeployment(deps, request.params.id);
        await addTradingKey(deps, principalOf(request), found, request.body.venue);
        return reply.code(201).send(await getDeployment(deps, found.id));
      },
    });

    app.post('/deployments/:id/trading-keys/rotate', {
      config: { access: { scope: 'trade', rows: 'own' } },
      schema: {
        tags: ['deployments'],
        summary: 'Make a trading key that replaces the one of a venue once the wallet has approved it there',
        params: idParams,
        body: tradingKeyInput,
        response: {
          201: deployment,
          ...problems(
            'deployment_not_found',
            'trading_key_not_found',
            'venue_not_configured',
            'wallet_has_trading_key',
          ),
        },
      },
      handler: async (request, reply) => {
        const found = await getDeployment(deps, request.params.id);
        await rotateTradingKey(deps, principalOf(request), found, request.body.venue);
        return reply.code(201).send(await getDeployment(deps, found.id));
      },
    });

    app.post('/deployments/:id/billing', {
      config: { access: { scope: 'admin', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['deployments'],
        summary: 'Bill the trades that end from now on, or do not',
        params: idParams,
        body: billingInput,
        response: { 200: deployment, ...problems('deployment_not_found') },
      },
      handler: async (request) => {
        const found = await getDeployment(deps, request.params.id);
        await changeBilling(db, principalOf(request), found, request.body.billed);
        return getDeployment(deps, found.id);
      },
    });

    for (const [action, from, to] of STATUS_CHANGES) {
      app.post(`/deployments/:id/${action}`, {
        config: { once: true, access: { scope: 'trade', rows: 'own' } },
        schema: {
          tags: ['deployments'],
          summary: action === 'pause' ? 'Take no new trades' : 'Take new trades again',
          params: idParams,
          response: { 200: deployment, ...problems('deployment_not_found', 'deployment_state') },
        },
        handler: async (request) => {
          await changeStatus(deps, principalOf(request), request.params.id, { action, from, to });
          return getDeployment(deps, request.params.id);
        },
      });
    }
  };

const STATUS_CHANGES = [
  ['pause', 'active', 'paused'],
  ['resume', 'paused', 'active'],
] as const;

async function changeStatus(
  deps: ApiDeps,
  { name: actor }: Principal,
  id: string,
  { action, from, to }: { action: string; from: LifeStatus; to: LifeStatus },
): Promise<void> {
  const found = await getDeployment(deps, id);
  // A deployment that has the wanted status stays as it is, without an error.
  if (found.status === to) return;
  await deps.db.$transaction(async (tx) => {
    const changed = await changeDeploymentStatus(tx, id, from, to);
    if (!changed) throw new ProblemError('deployment_state', `The deployment is ${found.status}.`);
    await recordChange(tx, {
      actor,
      action: `deployment.${action}`,
      subject: `deployment/${id}`,
      before: { status: from },
      after: { status: to },
    });
  });
}

/** Returns a deployment with the warnings about its keys. Throws `deployment_not_found`. */
export async function getDeployment(
  { db, now }: Pick<ApiDeps, 'db' | 'now'>,
  id: string,
): Promise<WarnedDeployment> {
  const found = await findDeployment(db, id);
  if (!found) throw new ProblemError('deployment_not_found', `There is no deployment ${id}.`);
  return withWarnings(found, now());
}

interface WarnedDeployment extends DeploymentRecord {
  tradingKeys: (TradingKeyView & { warning: KeyWarning | null })[];
}

/** Adds to each key that signs what its owner must know of it at `now`, epoch ms. */
const withWarnings = (found: DeploymentRecord, now: number): WarnedDeployment => ({
  ...found,
  tradingKeys: found.tradingKeys.map((key) => ({
    ...key,
    warning: key.active ? keyWarning(key, now) : null,
  })),
});
