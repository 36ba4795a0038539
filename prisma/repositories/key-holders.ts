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
 * Returns the deployments whose keys trade for the wallet at the venue, the oldest first: those that are not archived, and
 * those with live trades there. Until the transaction ends, no other one reads the list for a key of the wallet: of two
 * deployments that ask at once, one sees the other.
 */
export async function listHolders(
  tx: Transaction,
  { venue, walletAddress }: Omit<KeyRequest, 'deploymentId'>,
): Promise<DeploymentId[]> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`key/${venue}/${walletAddress}`}, 0))`;
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT deployment.id FROM agent_deployment AS deployment
    WHERE deployment.wallet_address = ${walletAddress}
      AND EXISTS (
        SELECT FROM trading_key AS key WHERE key.deployment_id = deployment.id
          AND key.venue = ${venue}::venue_name AND key.status <> 'revoked'
      )
      AND (deployment.status <> 'archived' OR EXISTS (
        SELECT FROM trade WHERE trade.deployment_id = deployment.id AND trade.venue = ${venue}::venue_name
          AND trade.phase IN ${LIVE}
      ))
    ORDER BY deployment.created_at, deployment.id`;
  return held.map(({ id }) => asId<DeploymentId>(id));
}

/** Returns the wallets for which several keys, each of another deployment, are to trade at a venue. */
export async function listSharedWallets(
  db: DatabaseOrTransaction,
  venue: VenueName,
): Promise<{ walletAddress: string; deploymentIds: string[] }[]> {
  const rows = await db.$queryRaw<{ wallet_address: string; ids: string[] }[]>`
    SELECT deployment.wallet_address, array_agg(DISTINCT deployment.id::text) AS ids
    FROM agent_deployment AS deployment
    JOIN trading_key AS key ON key.deployment_id = deployment.id AND key.active
    WHERE deployment.status <> 'archived' AND key.venue = ${venue}::venue_name AND key.status <> 'revoked'
    GROUP BY deployment.wallet_address HAVING count(DISTINCT key.address) > 1
    ORDER BY deployment.wallet_address`;
  return rows.map(({ wallet_address: walletAddress, ids }) => ({ walletAddress, deploymentIds: ids }));
}
