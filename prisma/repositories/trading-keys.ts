import { asId, type AccountId, type VenueName } from '#domain/ids.ts';
import type { KeyStatus } from '#domain/statuses.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import type { TradingKey } from '../generated/client.ts';
import { msOrNull } from './rows.ts';
import { EXPOSED } from './phase-lists.ts';
import { EXPOSED_PHASES } from '#domain/trade-phases.ts';

/** A sealed trading key with what is known about its standing at the venue. Times in epoch ms. */
export interface TradingKeyRecord {
  id: string;
  deploymentId: string;
  venue: VenueName;
  address: string;
  sealed: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  status: KeyStatus;
  /** It signs the orders of the deployment; a pending key that is not active waits to replace it. */
  active: boolean;
  validUntil: number | null;
  /** When the venue was last asked about it. */
  checkedAt: number | null;
}

const toRecord = (row: TradingKey): TradingKeyRecord => ({
  id: row.id,
  deploymentId: row.deploymentId,
  venue: row.venue,
  address: row.address,
  sealed: Uint8Array.from(row.sealed),
  masterKeyId: row.masterKeyId,
  status: row.status,
  active: row.active,
  validUntil: msOrNull(row.validUntil),
  checkedAt: msOrNull(row.checkedAt),
});

/** The key that signs for a deployment at a venue, or null. */
export async function findTradingKey(
  db: DatabaseOrTransaction,
  deploymentId: string,
  venue: VenueName,
): Promise<TradingKeyRecord | null> {
  const row = await db.tradingKey.findFirst({ where: { deploymentId, venue, active: true } });
  return row && toRecord(row);
}

/** The key that waits to replace the one that signs, or null. */
export async function findWaitingKey(
  db: DatabaseOrTransaction,
  deploymentId: string,
  venue: VenueName,
): Promise<TradingKeyRecord | null> {
  const row = await db.tradingKey.findFirst({
    where: { deploymentId, venue, active: false, status: { not: 'revoked' } },
  });
  return row && toRecord(row);
}

/** Returns the keys of this address, replaced ones included: one for each deployment that it is sealed for. */
export async function listKeysOfAddress(
  db: DatabaseOrTransaction,
  address: string,
): Promise<TradingKeyRecord[]> {
  const rows = await db.tradingKey.findMany({ where: { address }, orderBy: { id: 'asc' } });
  return rows.map(toRecord);
}

/**
 * Returns whether another key has replaced the one of this address for every deployment that it was sealed for; false
 * for null.
 */
export async function isReplacedKey(db: DatabaseOrTransaction, address: string | null): Promise<boolean> {
  if (address === null) return false;
  const copies = await db.tradingKey.findMany({ where: { address }, select: { active: true, status: true } });
  return copies.some(({ status }) => status === 'revoked') && !copies.some(({ active }) => active);
}

/** Stores a key that is pending; false when the deployment has one in that role at the venue already. */
export async function createTradingKeyOnce(
  db: DatabaseOrTransaction,
  key: Pick<TradingKeyRecord, 'deploymentId' | 'venue' | 'address' | 'sealed' | 'masterKeyId' | 'active'>,
): Promise<boolean> {
  const { count } = await db.tradingKey.createMany({ data: [key], skipDuplicates: true });
  return count === 1;
}

/** Replaces the sealed form of a key, unless it was replaced since it was read. */
export async function sealKeyAgain(
  db: DatabaseOrTransaction,
  { id, sealed }: Pick<TradingKeyRecord, 'id' | 'sealed'>,
  again: Pick<TradingKeyRecord, 'sealed' | 'masterKeyId'>,
): Promise<void> {
  const { sealed: bytes, masterKeyId } = again;
  await db.tradingKey.updateMany({ where: { id, sealed }, data: { sealed: bytes, masterKeyId } });
}

/** A key that is in use or waits to be, with the account it trades for and whether trades hang on it. */
export interface KeptKey extends TradingKeyRecord {
  accountId: AccountId;
  /** Trades of the deployment are live at the venue. */
  hasLiveTrades: boolean;
}

/** The keys that are not revoked of one deployment, or of every deployment of an account, at a venue. */
export async function listKeptKeys(
  db: DatabaseOrTransaction,
  { venue, ...of }: { venue: VenueName } & ({ deploymentId: string } | { accountId: AccountId }),
): Promise<KeptKey[]> {
  const deployment = 'accountId' in of ? { walletAddress: of.accountId } : { id: of.deploymentId };
  const rows = await db.tradingKey.findMany({
    where: { venue, status: { not: 'revoked' }, deployment },
    include: {
      deployment: {
        select: {
          walletAddress: true,
          trades: {
            where: { venue, phase: { in: [...EXPOSED_PHASES] } },
            select: { id: true },
            take: 1,
          },
        },
      },
    },
    orderBy: [{ active: 'desc' }, { createdAt: 'asc' }],
  });
  return rows.map(({ deployment: { walletAddress, trades }, ...row }) => ({
    ...toRecord(row),
    accountId: asId<AccountId>(walletAddress),
    hasLiveTrades: trades.length > 0,
  }));
}

/** State of a key as a venue reports it. */
export interface KeyAnswer {
  isApproved: boolean;
  /** Epoch ms; null where the venue names no time. */
  validUntil: number | null;
  /** When it was asked, epoch ms. */
  at: number;
}

/** Stores the venue's report of a key. Returns false, with nothing changed, when the key is revoked. */
export async function saveKeyAnswer(
  db: DatabaseOrTransaction,
  { id, status }: Pick<TradingKeyRecord, 'id' | 'status'>,
  { isApproved, validUntil, at }: KeyAnswer,
): Promise<boolean> {
  const approval = isApproved
    ? { status: 'approved' as const }
    : { status: 'pending' as const, approvedAt: null };
  const { count } = await db.tradingKey.updateMany({
    where: { id, status: { not: 'revoked' } },
    data: {
      ...approval,
      ...(isApproved && status !== 'approved' && { approvedAt: new Date(at) }),
      validUntil: validUntil === null ? null : new Date(validUntil),
      checkedAt: new Date(at),
    },
  });
  return count > 0;
}

/** Records that the venue does not accept a waiting key yet. */
export async function saveStillWaiting(
  db: DatabaseOrTransaction,
  { id }: Pick<TradingKeyRecord, 'id'>,
  at: number,
): Promise<void> {
  await db.tradingKey.updateMany({ where: { id, active: false }, data: { checkedAt: new Date(at) } });
}

/**
 * Lets a waiting key sign from now on and revokes the one that did; no nonce is drawn from the old one afterwards. False,
 * with nothing changed, when the key does not wait any more.
 */
export async function replaceKey(
  tx: Transaction,
  { id, deploymentId, venue }: Pick<TradingKeyRecord, 'id' | 'deploymentId' | 'venue'>,
  { validUntil, at }: Pick<KeyAnswer, 'validUntil' | 'at'>,
): Promise<boolean> {
  const waiting = { id, active: false, status: { not: 'revoked' as const } };
  if ((await tx.tradingKey.count({ where: waiting })) === 0) return false;
  await tx.tradingKey.updateMany({
    where: { deploymentId, venue, active: true },
    data: { active: false, status: 'revoked', revokedAt: new Date(at) },
  });
  const { count } = await tx.tradingKey.updateMany({
    where: waiting,
    data: {
      active: true,
      status: 'approved',
      approvedAt: new Date(at),
      validUntil: validUntil === null ? null : new Date(validUntil),
      checkedAt: new Date(at),
    },
  });
  if (count !== 1) throw new Error(`trading key ${id} does not wait any more`);
  return true;
}

/** Gives up a key that waits to replace another. */
export async function discardWaitingKey(
  db: DatabaseOrTransaction,
  { id }: Pick<TradingKeyRecord, 'id'>,
): Promise<void> {
  await db.tradingKey.updateMany({
    where: { id, active: false },
    data: { status: 'revoked', revokedAt: new Date() },
  });
}

/** Returns keys that are sealed with another master key, in the order of their ids after one. */
export async function listKeysSealedOtherwise(
  db: DatabaseOrTransaction,
  { masterKeyId, after, limit }: { masterKeyId: string; after: string | null; limit: number },
): Promise<TradingKeyRecord[]> {
  const rows = await db.tradingKey.findMany({
    where: {
      masterKeyId: { not: masterKeyId },
      sealed: { not: new Uint8Array() },
      ...(after !== null && { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit,
  });
  return rows.map(toRecord);
}

/** Counts keys by the master key that has sealed them. */
export async function countByMasterKey(db: DatabaseOrTransaction): Promise<ReadonlyMap<string, number>> {
  const rows = await db.tradingKey.groupBy({
    by: ['masterKeyId'],
    where: { sealed: { not: new Uint8Array() } },
    _count: true,
  });
  return new Map(rows.map(({ masterKeyId, _count }) => [masterKeyId, _count]));
}

/** A key whose material was destroyed. */
export interface DestroyedKey {
  deploymentId: string;
  venue: VenueName;
  address: string;
}

/**
 * Destroys the keys of deployments that were left, those that wait too, once no trade of theirs may hold anything at
 * its venue: the sealed form is overwritten, and nothing can sign with them. With `deploymentId` only its own. Keys of
 * `kept` venues stay.
 */
export const destroyLeftKeys = (
  db: DatabaseOrTransaction,
  { deploymentId = null, kept = [] }: { deploymentId?: string | null; kept?: readonly VenueName[] },
): Promise<DestroyedKey[]> => db.$queryRaw<DestroyedKey[]>`
  UPDATE trading_key AS key SET sealed = ''::bytea, status = 'revoked', active = false, revoked_at = now()
  FROM agent_deployment AS deployment
  WHERE deployment.id = key.deployment_id AND deployment.status = 'archived' AND octet_length(key.sealed) > 0
    AND (${deploymentId}::uuid IS NULL OR deployment.id = ${deploymentId}::uuid)
    AND NOT key.venue::text = ANY(${[...kept]}::text[])
    AND NOT EXISTS (
      SELECT FROM trade WHERE trade.deployment_id = deployment.id AND (trade.phase IN ${EXPOSED} OR trade.phase = 'routing')
    )
  RETURNING key.deployment_id AS "deploymentId", key.venue::text, key.address`;
