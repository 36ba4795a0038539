import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { TradingKey } from '../generated/client.ts';
import { msOrNull } from './rows.ts';

/** A sealed trading key with what is known about its standing at the venue. Times in epoch ms. */
export interface TradingKeyRecord {
  id: string;
  deploymentId: string;
  venue: VenueName;
  address: string;
  sealed: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  status: 'pending' | 'approved' | 'revoked';
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

/** The key of this address, replaced ones included, or null. */
export async function findKeyOfAddress(
  db: DatabaseOrTransaction,
  address: string,
): Promise<TradingKeyRecord | null> {
  const row = await db.tradingKey.findUnique({ where: { address } });
  return row && toRecord(row);
}

/** Stores a key that is pending; false when the deployment has one in that role at the venue already. */
export async function createTradingKeyOnce(
  db: DatabaseOrTransaction,
  key: Pick<TradingKeyRecord, 'deploymentId' | 'venue' | 'address' | 'sealed' | 'masterKeyId' | 'active'>,
): Promise<boolean> {
  const { count } = await db.tradingKey.createMany({ data: [key], skipDuplicates: true });
  return count === 1;
}

/** Replaces how a key is sealed, unless somebody has meanwhile. */
export async function sealKeyAgain(
  db: DatabaseOrTransaction,
  { id, sealed }: Pick<TradingKeyRecord, 'id' | 'sealed'>,
  again: Pick<TradingKeyRecord, 'sealed' | 'masterKeyId'>,
): Promise<void> {
  const { sealed: bytes, masterKeyId } = again;
  await db.tradingKey.updateMany({ where: { id, sealed }, data: { sealed: bytes, masterKeyId } });
}

/**
 * The next nonce of a key: the time in ms, or one more than the last where that is later. Drawn in the database so
 * that no two processes ever sign with the same one. Null when the key signs for its deployment no more.
 */
export async function drawNonce(
  db: DatabaseOrTransaction,
  address: string,
  now: number,
): Promise<number | null> {
  const rows = await db.$queryRaw<{ last_nonce: bigint }[]>`
    UPDATE trading_key SET last_nonce = GREATEST(last_nonce + 1, ${BigInt(now)}::bigint)
    WHERE address = ${address} AND active
    RETURNING last_nonce`;
  const [row] = rows;
  return row ? Number(row.last_nonce) : null;
}
