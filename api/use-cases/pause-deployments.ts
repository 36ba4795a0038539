import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  changeDeploymentStatus,
  findDeployment,
  listActiveDeployments,
} from '#prisma/repositories/deployments.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';

/**
 * Pauses one deployment, or all of them of a user or of everybody, and returns the ones that were active until now. Throws
 * `deployment_not_found`.
 */
export async function pauseDeployments(
  db: ApiDeps['db'],
  { name: actor }: Principal,
  { deploymentId, ...whose }: { deploymentId?: string | undefined } & OfUser,
): Promise<string[]> {
  if (deploymentId !== undefined && !(await findDeployment(db, deploymentId)))
    throw new ProblemError('deployment_not_found', `There is no deployment ${deploymentId}.`);
  const paused: string[] = [];
  for (const id of deploymentId === undefined ? await listActiveDeployments(db, whose) : [deploymentId]) {
    const changed = await db.$transaction(async (tx) => {
      if (!(await changeDeploymentStatus(tx, id, 'active', 'paused'))) return false;
      await recordChange(tx, {
        actor,
        action: 'deployment.pause',
        subject: `deployment/${id}`,
        before: { status: 'active' },
        after: { status: 'paused' },
      });
      return true;
    });
    if (changed) paused.push(id);
  }
  return paused;
}
