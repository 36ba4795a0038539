import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { setBilling, type DeploymentRecord } from '#prisma/repositories/deployments.ts';
import type { Principal } from '../plugins/auth.ts';

/** Has the trades of a deployment billed from now on, or not. Bills that were made stay. Audited where it changes. */
export async function changeBilling(
  db: Database,
  { name: actor }: Principal,
  { id }: Pick<DeploymentRecord, 'id'>,
  isBilled: boolean,
): Promise<void> {
  await db.$transaction(async (tx) => {
    if (!(await setBilling(tx, id, isBilled))) return;
    await recordChange(tx, {
      actor,
      action: 'deployment.billing',
      subject: `deployment/${id}`,
      before: { billed: !isBilled },
      after: { billed: isBilled },
    });
  });
}
