import type { VenueName } from '#domain/ids.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import type { DeploymentRecord } from '#prisma/repositories/deployments.ts';
import { createTradingKeyOnce } from '#prisma/repositories/trading-keys.ts';
import { sealKey } from '#venues/keys/sealed-key.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { refuseSharedWallet } from './refuse-shared-wallet.ts';

/**
 * Makes a key for one more venue, pending until the wallet's owner approves it there: from then on trades of the
 * deployment may be routed to it. Throws `venue_not_configured`, `trading_key_exists` or
 * `wallet_has_trading_key`.
 */
export async function addTradingKey(
  { db, masterKeys, venues }: Pick<ApiDeps, 'db' | 'masterKeys' | 'venues'>,
  { name: actor }: Principal,
  { id: deploymentId, walletAddress }: Pick<DeploymentRecord, 'id' | 'walletAddress'>,
  venue: VenueName,
): Promise<void> {
  if (!findVenue({ venues }, venue))
    throw new ProblemError('venue_not_configured', `${venue} is not configured.`);
  const { privateKey, address } = createTradingKey();
  const sealed = sealKey(masterKeys[0], { deploymentId, venue, address }, privateKey);
  await db.$transaction(async (tx) => {
    await refuseSharedWallet({ venues }, tx, { venue, walletAddress, deploymentId });
    const isNew = await createTradingKeyOnce(tx, { ...sealed, deploymentId, venue, address, active: true });
    if (!isNew) throw new ProblemError('trading_key_exists', `The deployment has a key for ${venue}.`);
    const subject = `deployment/${deploymentId}`;
    await recordChange(tx, {
      actor,
      action: 'deployment.key',
      subject,
      after: { venue, tradingKey: address },
    });
  });
}
