import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseOrTransaction } from '../client.ts';

/** Who a bearer key stands for. */
export interface ApiKeyHolder {
  keyId: string;
  keyName: string;
  userId: string;
  userName: string;
}

const PREFIX = 'sgm_';
/** `lastUsedAt` is good to this, so that a busy client does not cost one write per request. */
const LAST_USED_RESOLUTION_MS = 60_000;

/** A new bearer key. 256 random bits: a plain hash of it is as good as a slow one. */
export const newApiKey = (): string => `${PREFIX}${randomBytes(32).toString('base64url')}`;

/** What is stored of a key. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

/** Stores a key under its hash. */
export async function saveApiKey(
  db: DatabaseOrTransaction,
  userId: string,
  name: string,
  key: string,
): Promise<{ keyId: string }> {
  const row = await db.apiKey.create({ data: { userId, name, hash: hashApiKey(key) }, select: { id: true } });
  return { keyId: row.id };
}

/** Who the key stands for; null when it is unknown or revoked. */
export async function findApiKeyHolder(db: DatabaseOrTransaction, key: string): Promise<ApiKeyHolder | null> {
  const row = await db.apiKey.findUnique({
    where: { hash: hashApiKey(key) },
    include: { user: { select: { name: true } } },
  });
  if (!row || row.revokedAt) return null;
  const staleSince = Date.now() - LAST_USED_RESOLUTION_MS;
  if (!row.lastUsedAt || row.lastUsedAt.getTime() < staleSince) {
    await db.apiKey.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } });
  }
  return { keyId: row.id, keyName: row.name, userId: row.userId, userName: row.user.name };
}

/** How many keys open the API now. */
export const countActiveApiKeys = (db: DatabaseOrTransaction): Promise<number> =>
  db.apiKey.count({ where: { revokedAt: null } });

/** Whether the key was ever stored; revoked ones count. */
export const isKnownApiKey = async (db: DatabaseOrTransaction, key: string): Promise<boolean> =>
  (await db.apiKey.count({ where: { hash: hashApiKey(key) } })) > 0;

/** Ends a key at once. */
export async function revokeApiKey(db: DatabaseOrTransaction, keyId: string): Promise<void> {
  await db.apiKey.updateMany({ where: { id: keyId, revokedAt: null }, data: { revokedAt: new Date() } });
}
