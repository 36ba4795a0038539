import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { RECONCILER } from '#domain/reconcile.ts';
import { listAccountChecks } from '#prisma/repositories/account-checks.ts';
import { listChangesBy } from '#prisma/repositories/audit-log.ts';
import { TASK_QUEUES } from '#workflows/names.ts';
import type { ApiDeps } from '../deps.ts';
import { problems } from '../schemas/common.ts';
import { reconcileInput, reconcileQuery, reconcileReport, reconcileStarted } from '../schemas/reconcile.ts';
import { getDeployment } from './deployments.ts';

const START_TIMEOUT_MS = 5_000;

/** Reconciliation: read its last results, and start one now. */
export const reconcileRoutes =
  (deps: ApiDeps): FastifyPluginAsyncZod =>
  async (app) => {
    const { db } = deps;

    app.get('/reconcile', {
      config: { access: { scope: 'read', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['accounts'],
        summary: 'When each account was last compared with its venue, and what was corrected',
        querystring: reconcileQuery,
        response: { 200: reconcileReport, ...problems('deployment_not_found') },
      },
      handler: async ({ query: { limit, deploymentId } }) => {
        const wallet = deploymentId && (await getDeployment(deps, deploymentId)).walletAddress;
        const [accounts, corrections] = await Promise.all([
          listAccountChecks(db, { limit, ...(wallet && { accountIds: [wallet] }) }),
          listChangesBy(db, RECONCILER, limit),
        ]);
        return { accounts, corrections };
      },
    });

    app.post('/reconcile', {
      config: { access: { scope: 'trade', rows: 'all', role: 'admin' } },
      schema: {
        tags: ['accounts'],
        summary: 'Compare books and venues now, every resting order and fill included',
        body: reconcileInput,
        response: { 202: reconcileStarted, ...problems('deployment_not_found', 'temporal_unreachable') },
      },
      handler: async (request, reply) => {
        const { deploymentId } = request.body;
        if (deploymentId !== undefined) await getDeployment(deps, deploymentId);
        const workflowId = `asked/reconcile/${deploymentId ?? 'all'}`;
        await deps.temporal.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
          deps.temporal.workflow.start('reconcile', {
            args: [{ full: true, ...(deploymentId !== undefined && { deploymentId }) }],
            taskQueue: TASK_QUEUES.trading,
            workflowId,
            workflowIdConflictPolicy: 'USE_EXISTING',
          }),
        );
        return reply.code(202).send({ workflowId });
      },
    });
  };
