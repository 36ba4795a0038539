import type { VenueName } from '#domain/ids.ts';
import type { Transaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import type { DeploymentRecord } from '#prisma/repositories/deployments.ts';
import { listHolders } from '#prisma/repositories/key-holders.ts';
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
import { walletHasKey } from './refuse-shared-wallet.ts';

type Rotated = Pick<DeploymentRecord, 'id' | 'walletAddress'>;
type Keys = Pick<ApiDeps, 'masterKeys' | 'venues'>;

/**
 * Makes a key that waits to replace the one that signs at a venue: it takes over once the wallet's owner has approved it
 * there, and open trades go on with it. At a venue that lets one key trade for a wallet, it waits for every deployment
 * that trades for the wallet. Asked again, the key that waits already stays, unless it does not open. Throws
 * `venue_not_configured`, `trading_key_not_found`, or `wallet_has_trading_key` for a deployment that has ended while
 * another one's key trades for its wallet.
 */
export async function rotateTradingKey(
  { db, masterKeys, venues }: Keys & Pick<ApiDeps, 'db'>,
  { name: actor }: Principal,
  deployment: Rotated,
  venue: VenueName,
): Promise<void> {
  if (!findVenue({ venues }, venue))
    throw new ProblemError('venue_not_configured', `${venue} is not configured.`);
  if (!(await findTradingKey(db, deployment.id, venue)))
    throw new ProblemError('trading_key_not_found', `The deployment has no trading key for ${venue}.`);
  await db.$transaction(async (tx) => {
    const holders = await listSharers({ masterKeys, venues }, tx, deployment, venue);
    const waiting = await Promise.all(holders.map((id) => findWaitingKey(tx, id, venue)));
    const kept = waiting.find((key) => key !== null && privateKeyOf(masterKeys, key) !== null) ?? null;
    const next = keyToWait(masterKeys, kept);
    for (const [index, deploymentId] of holders.entries()) {
      // oxlint-disable-next-line no-await-in-loop -- one statement of a transaction after the other
      await letWait({ masterKeys }, tx, {
        deploymentId,
        venue,
        actor,
        next,
        waiting: waiting[index] ?? null,
      });
    }
  });
}

/**
 * Returns the deployments for which the key is replaced: the one that asks, and those that share its wallet and key.
 */
async function listSharers(
  deps: Keys,
  tx: Transaction,
  { id, walletAddress }: Rotated,
  venue: VenueName,
): Promise<string[]> {
  if (findVenue(deps, venue)?.capabilities.oneKeyPerWallet !== true) return [id];
  const holders = await listHolders(tx, { venue, walletAddress });
  const [first] = holders;
  if (first === undefined) return [id];
  if (!holders.some((each) => each === id)) throw walletHasKey(venue, first);
  return holders;
}

interface NextKey {
  privateKey: string;
  address: string;
}

/** Returns the key that waits already where it opens, else a new one. */
function keyToWait(masterKeys: ApiDeps['masterKeys'], kept: TradingKeyRecord | null): NextKey {
  const privateKey = kept && privateKeyOf(masterKeys, kept);
  return kept && privateKey !== null ? { privateKey, address: kept.address } : createTradingKey();
}

interface Waiting {
  deploymentId: string;
  venue: VenueName;
  actor: string;
  next: NextKey;
  /** The key that waits already. */
  waiting: TradingKeyRecord | null;
}

/** Seals the next key for a deployment, unless it waits there already, and records the change. */
async function letWait(
  { masterKeys }: Pick<ApiDeps, 'masterKeys'>,
  tx: Transaction,
  { deploymentId, venue, actor, next, waiting }: Waiting,
): Promise<void> {
  const { privateKey, address } = next;
  if (waiting?.address === address && privateKeyOf(masterKeys, waiting) !== null) return;
  if (waiting) await discardWaitingKey(tx, waiting);
  const replaced = await findTradingKey(tx, deploymentId, venue);
  const sealed = sealKey(masterKeys[0], { deploymentId, venue, address }, privateKey);
  const isNew = await createTradingKeyOnce(tx, { ...sealed, deploymentId, venue, address, active: false });
  // Another request has stored a waiting key since: it stays.
  if (!isNew) return;
  await recordChange(tx, {
    actor,
    action: 'deployment.key.rotate',
    subject: `deployment/${deploymentId}`,
    before: { venue, tradingKey: replaced?.address ?? null },
    after: { venue, tradingKey: address },
  });
}

/** Returns the private key that is sealed in a record, or null when it does not open. */
function privateKeyOf(masterKeys: ApiDeps['masterKeys'], key: TradingKeyRecord): string | null {
  try {
    return openSealedKey(masterKeys, key).privateKey;
  } catch (error) {
    if (error instanceof KeyUnreadableError) return null;
    throw error;
  }
}
