import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';

/** A sealed trading key with what is known about its standing at the venue. */
export interface TradingKeyRecord {
  id: string;
  deploymentId: string;
  venue: VenueName;
  address: string;
  sealed: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  status: 'pending' | 'approved' | 'revoked';
}

export async function findTradingKey(
  db: DatabaseOrTransaction,
  deploymentId: string,
  venue: VenueName,
): Promise<TradingKeyRecord | null> {
  const row = await db.tradingKey.findUnique({ where: { deploymentId_venue: { deploymentId, venue } } });
  return row && { ...row, sealed: Uint8Array.from(row.sealed) };
}

/** Stores a key that is pending; false when the deployment has one for the venue already. */
export async function createTradingKeyOnce(
  db: DatabaseOrTransaction,
  key: Omit<TradingKeyRecord, 'id' | 'status'>,
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
 * The next nonce of a key: the time in ms, or one more than the last where that is later. Drawn in the
 * database so that no two processes ever sign with the same one.
 */
export async function drawNonce(
  db: DatabaseOrTransaction,
  deploymentId: string,
  venue: VenueName,
  now: number,
): Promise<number> {
  const rows = await db.$queryRaw<{ last_nonce: bigint }[]>`
    UPDATE trading_key SET last_nonce = GREATEST(last_nonce + 1, ${BigInt(now)}::bigint)
    WHERE deployment_id = ${deploymentId}::uuid AND venue = ${venue}::venue_name
    RETURNING last_nonce`;
  const [row] = rows;
  if (!row) throw new Error(`deployment ${deploymentId} has no trading key for ${venue}`);
  return Number(row.last_nonce);
}
