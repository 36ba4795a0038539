import { amount } from '#domain/money.ts';
import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  changeDeploymentLimits,
  type DeploymentLimits,
  type DeploymentLimitsChange,
} from '#prisma/repositories/deployment-limits.ts';
import { changeSystemLimits, type LimitsChange } from '#prisma/repositories/entry-limits.ts';
import { raiseBrakes } from '#prisma/repositories/raise-brakes.ts';
import type { ChangedLimits } from '../schemas/brake.ts';
import { requireProof } from '../plugins/access.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';

interface Deps {
  db: Database;
  now: () => number;
}

/** Changes the limits of all deployments together, audited. Sets brakes where results have reached them already. */
export const limitEverything = (
  { db, now }: Deps,
  { name: actor }: Principal,
  change: LimitsChange,
): Promise<ChangedLimits> =>
  db.$transaction(async (tx) => {
    const changed = await changeSystemLimits(tx, change);
    await recordChange(tx, { actor, action: 'system.limits', subject: 'system/limits', ...changed });
    await raiseBrakes(tx, { deploymentIds: [], now: now() });
    return changed;
  });

/**
 * Changes the limits of a deployment, audited, and returns them as they were and are. They hold for the next entries.
 * Sets brakes where results have reached them already. Throws `deployment_not_found`, and `proof_needed` where more may
 * be risked than before.
 */
export const limitDeployment = (
  { db, now }: Deps,
  principal: Principal,
  { id, change }: { id: string; change: DeploymentLimitsChange },
): Promise<{ before: DeploymentLimits; after: DeploymentLimits }> =>
  db.$transaction(async (tx) => {
    const changed = await changeDeploymentLimits(tx, id, change);
    if (!changed) throw new ProblemError('deployment_not_found', `There is no deployment ${id}.`);
    if (isLooser(changed)) requireProof(principal, now());
    await recordChange(tx, {
      actor: principal.name,
      action: 'deployment.limits',
      subject: `deployment/${id}`,
      ...changed,
    });
    await raiseBrakes(tx, { deploymentIds: [id], now: now() });
    return changed;
  });

/** Returns whether more may be risked than before. A limit that is no plain number counts as looser when it changed. */
function isLooser({ before, after }: { before: DeploymentLimits; after: DeploymentLimits }): boolean {
  const { entryLimits: earlier, ...was } = before;
  const { entryLimits: later, ...is } = after;
  return isAnyHigher(was, is) || isAnyHigher(earlier, later);
}

const isAnyHigher = (was: object, is: object): boolean =>
  Object.entries(was).some(([name, limit]) => {
    const now: unknown = new Map(Object.entries(is)).get(name);
    if (isPlain(limit) && isPlain(now)) return amount(now).gt(limit);
    return JSON.stringify(now) !== JSON.stringify(limit);
  });

const isPlain = (limit: unknown): limit is number | string =>
  typeof limit === 'number' || typeof limit === 'string';
