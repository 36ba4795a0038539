import type { VenueName } from '#domain/ids.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { destroyLeftKeys, type DestroyedKey } from '#prisma/repositories/trading-keys.ts';
import { KEY_KEEPER, type KeyDeps } from './deps.ts';

/** Which keys of deployments that were left are destroyed, and for whom. */
export interface Destruction {
  deploymentId?: string;
  /** Venues whose keys stay: money for gas may lie on their addresses. */
  kept?: readonly VenueName[];
  actor?: string;
}

/** Destroys the keys of deployments that were left and hold nothing any more, audited. Returns them. */
export const destroyLeft = (
  { db }: Pick<KeyDeps, 'db'>,
  { actor = KEY_KEEPER, ...which }: Destruction,
): Promise<DestroyedKey[]> =>
  db.$transaction(async (tx) => {
    const destroyed = await destroyLeftKeys(tx, which);
    for (const { deploymentId, venue, address } of destroyed) {
      // oxlint-disable-next-line no-await-in-loop -- one statement of a transaction after the other
      await recordChange(tx, {
        actor,
        action: 'deployment.key.destroy',
        subject: `deployment/${deploymentId}`,
        before: { venue, tradingKey: address },
      });
    }
    return destroyed;
  });
