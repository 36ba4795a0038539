import type { DatabaseOrTransaction } from '../client.ts';
import { ms } from './rows.ts';

/** A message that a wallet is to sign. */
export interface SignInChallenge {
  nonce: string;
  message: string;
  /** Of the wallet, in lower case. */
  address: string;
  /** Of the page or program that asked for it. */
  origin: string;
  chainId: number;
  /** The session that the signature is to prove anew; null for a sign-in. */
  sessionId: string | null;
  expiresAt: number;
}

/** Messages that wait for a signature at a time, of all addresses together. */
const MAX_WAITING = 10_000;

/** Keeps a message until it is used or expires, and forgets those that have. Returns false when too many wait. */
export async function saveChallenge(
  db: DatabaseOrTransaction,
  { expiresAt, ...challenge }: SignInChallenge,
  now: number,
): Promise<boolean> {
  await db.signInChallenge.deleteMany({ where: { expiresAt: { lte: new Date(now) } } });
  if ((await db.signInChallenge.count()) >= MAX_WAITING) return false;
  await db.signInChallenge.create({ data: { ...challenge, expiresAt: new Date(expiresAt) } });
  return true;
}

/** Takes a message out, so that it is used once. Returns null when there is none, also where another took it. */
export async function takeChallenge(
  db: DatabaseOrTransaction,
  nonce: string,
): Promise<SignInChallenge | null> {
  const [row] = await db.$queryRaw<(Omit<SignInChallenge, 'expiresAt'> & { expiresAt: Date })[]>`
    DELETE FROM sign_in_challenge WHERE nonce = ${nonce}
    RETURNING nonce, message, address, origin, chain_id AS "chainId", session_id::text AS "sessionId",
      expires_at AS "expiresAt"`;
  return row ? { ...row, expiresAt: ms(row.expiresAt) } : null;
}
