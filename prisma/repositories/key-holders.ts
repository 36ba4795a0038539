import { asId, type DeploymentId, type VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import { LIVE } from './phase-lists.ts';

/** A wallet at a venue, and the deployment that asks for a key of it. */
export interface KeyRequest {
  venue: VenueName;
  /** Lower-case address. */
  walletAddress: string;
  deploymentId: string;
}

/**
 * Returns another deployment whose key trades for the wallet at the venue, or null. Until the transaction ends, no
 * other one finds out the same: of two deployments that ask at once, one sees the other.
 */
export async function findOtherHolder(
  tx: Transaction,
  { venue, walletAddress, deploymentId }: KeyRequest,
): Promise<DeploymentId | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`key/${venue}/${walletAddress}`}, 0))`;
  const [held] = await tx.$queryRaw<{ id: string }[]>`
    SELECT deployment.id FROM agent_deployment AS deployment
    JOIN trading_key AS key ON key.deployment_id = deployment.id
    WHERE deployment.wallet_address = ${walletAddress} AND deployment.id <> ${deploymentId}::uuid
      AND key.venue = ${venue}::venue_name AND key.status <> 'revoked'
      AND (deployment.status <> 'archived' OR EXISTS (
        SELECT FROM trade WHERE trade.deployment_id = deployment.id AND trade.venue = key.venue
          AND trade.phase IN ${LIVE}
      ))
    ORDER BY deployment.created_at LIMIT 1`;
  return held ? asId<DeploymentId>(held.id) : null;
}

/** Returns the wallets for which keys of several deployments are to trade at a venue. */
export async function listSharedWallets(
  db: DatabaseOrTransaction,
  venue: VenueName,
): Promise<{ walletAddress: string; deploymentIds: string[] }[]> {
  const rows = await db.$queryRaw<{ wallet_address: string; ids: string[] }[]>`
    SELECT deployment.wallet_address, array_agg(DISTINCT deployment.id::text) AS ids
    FROM agent_deployment AS deployment
    JOIN trading_key AS key ON key.deployment_id = deployment.id AND key.active
    WHERE deployment.status <> 'archived' AND key.venue = ${venue}::venue_name AND key.status <> 'revoked'
    GROUP BY deployment.wallet_address HAVING count(DISTINCT deployment.id) > 1
    ORDER BY deployment.wallet_address`;
  return rows.map(({ wallet_address: walletAddress, ids }) => ({ walletAddress, deploymentIds: ids }));
}
