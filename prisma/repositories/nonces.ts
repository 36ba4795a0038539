import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { stillHeld, type TradeHold } from './trade-lock.ts';

/** Who draws a nonce. */
export interface NonceDraw {
  /** The deployment that the key signs for. */
  deploymentId: string;
  /** Address of the key that signs. */
  signer: string;
  /** Epoch ms that the venue, too, takes for the present. */
  now: number;
  /** The hold that the caller has on the trade: no nonce is drawn once another process holds it. */
  hold?: TradeHold | undefined;
}

/**
 * Draws the next nonce of a key and returns it. Drawn in the database so that no two processes ever sign with the same
 * one. Null when the key signs for its deployment no more, or the hold is lost.
 */
export async function drawNonce(db: DatabaseOrTransaction, draw: NonceDraw): Promise<number | null> {
  const rows = await db.$queryRaw<{ last_nonce: bigint }[]>`
    UPDATE trading_key SET last_nonce = ${drawn(draw)} WHERE ${mayDraw(draw)} RETURNING last_nonce`;
  const [row] = rows;
  return row ? Number(row.last_nonce) : null;
}

/** Starts the nonces of a key again from `now`, after the venue refused one for being too far ahead of its time. */
export async function resetNonces(
  db: DatabaseOrTransaction,
  { signer, now }: Pick<NonceDraw, 'signer' | 'now'>,
  refused: number,
): Promise<void> {
  const [from, to] = [BigInt(refused), BigInt(now)];
  await db.tradingKey.updateMany({
    where: { address: signer, lastNonce: { gte: from > to ? from : to } },
    data: { lastNonce: to },
  });
}

/** How far ahead of its own time a venue takes nonces. Source: official documentation, "nonces and API wallets". */
const TAKEN_AHEAD_MS = 86_400_000;

/**
 * The next nonce of a key in SQL: the time in ms, or one more than the last of the address where that is later. The last
 * is looked for in every row of the address, since another row has given out nonces before its deployment changed its
 * key. One that the venue cannot have taken yet, which a wrong clock has left, does not count.
 */
export const drawn = ({ signer, now }: NonceDraw): Prisma.Sql => Prisma.sql`
  GREATEST(${BigInt(now)}::bigint,
    (CASE WHEN last_nonce < ${BigInt(now + TAKEN_AHEAD_MS)}::bigint THEN last_nonce ELSE 0 END) + 1,
    (SELECT max(copy.last_nonce) FROM trading_key AS copy
      WHERE copy.address = ${signer} AND copy.last_nonce < ${BigInt(now + TAKEN_AHEAD_MS)}::bigint) + 1)`;

/**
 * The condition in SQL under which a key gives out a nonce. Deployments that share a key draw from one row, the first that
 * is active.
 */
export const mayDraw = ({ deploymentId, signer, hold }: NonceDraw): Prisma.Sql => Prisma.sql`
  id = (SELECT id FROM trading_key WHERE address = ${signer} AND active ORDER BY id LIMIT 1) AND active
  AND EXISTS (SELECT FROM trading_key AS own
    WHERE own.deployment_id = ${deploymentId}::uuid AND own.address = ${signer} AND own.active)
  AND ${stillHeld(hold)}`;
