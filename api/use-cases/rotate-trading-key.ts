import type { VenueName } from '#domain/ids.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import type { DeploymentRecord } from '#prisma/repositories/deployments.ts';
import {
  createTradingKeyOnce,
  discardWaitingKey,
  findTradingKey,
  findWaitingKey,
  type TradingKeyRecord,
} from '#prisma/repositories/trading-keys.ts';
import { KeyUnreadableError, openSealedKey, sealKey } from '#venues/keys/sealed-key.ts';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import { refuseSharedWallet } from './refuse-shared-wallet.ts';

/**
 * Makes a key that waits to replace the one that signs at a venue: it takes over once the wallet's owner has approved it
 * there, and open trades go on with it. Asked again, the key that waits already stays, unless it does not open. Throws
 * `venue_not_configured`, `trading_key_not_found` or `wallet_has_trading_key`.
 */
export async function rotateTradingKey(
  { db, masterKeys, venues }: Pick<ApiDeps, 'db' | 'masterKeys' | 'venues'>,
  { name: actor }: Principal,
  { id: deploymentId, walletAddress }: Pick<DeploymentRecord, 'id' | 'walletAddress'>,
  venue: VenueName,
): Promise<void> {
  if (!findVenue({ venues }, venue))
    throw new ProblemError('venue_not_configured', `${venue} is not configured.`);
  const replaced = await findTradingKey(db, deploymentId, venue);
  if (!replaced)
    throw new ProblemError('trading_key_not_found', `The deployment has no trading key for ${venue}.`);
  const { privateKey, address } = createTradingKey();
  const sealed = sealKey(masterKeys[0], { deploymentId, venue, address }, privateKey);
  await db.$transaction(async (tx) => {
    await refuseSharedWallet({ venues }, tx, { venue, walletAddress, deploymentId });
    const waiting = await findWaitingKey(tx, deploymentId, venue);
    if (waiting && opens(masterKeys, waiting)) return;
    if (waiting) await discardWaitingKey(tx, waiting);
    const isNew = await createTradingKeyOnce(tx, { ...sealed, deploymentId, venue, address, active: false });
    // Somebody else has asked at the same moment: one key waits.
    if (!isNew) return;
    await recordChange(tx, {
      actor,
      action: 'deployment.key.rotate',
      subject: `deployment/${deploymentId}`,
      before: { venue, tradingKey: replaced.address },
      after: { venue, tradingKey: address },
    });
  });
}

function opens(masterKeys: ApiDeps['masterKeys'], key: TradingKeyRecord): boolean {
  try {
    openSealedKey(masterKeys, key);
    return true;
  } catch (error) {
    if (error instanceof KeyUnreadableError) return false;
    throw error;
  }
}
