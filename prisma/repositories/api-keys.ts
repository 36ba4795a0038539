import { createHash, randomBytes } from 'node:crypto';
import type { DatabaseOrTransaction } from '../client.ts';
import type { ApiKey as Row } from '../generated/client.ts';
import { ms, msOrNull } from './rows.ts';

/** The user that a bearer key authenticates. */
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

/** Returns the hash that is stored in the place of a key. */
export const hashApiKey = (key: string): string => createHash('sha256').update(key).digest('hex');

export interface ApiKeyDraft {
  userId: string;
  name: string;
  key: string;
  /** True for a key that comes from the configuration, which has one at a time. */
  isConfigured?: boolean;
}

/** Stores a key under its hash. */
export async function saveApiKey(
  db: DatabaseOrTransaction,
  { userId, name, key, isConfigured = false }: ApiKeyDraft,
): Promise<ApiKeyRecord> {
  const row = await db.apiKey.create({ data: { userId, name, hash: hashApiKey(key), isConfigured } });
  return toRecord(row);
}

/** A stored key, without the key itself. */
export interface ApiKeyRecord {
  id: string;
  name: string;
  isConfigured: boolean;
  createdAt: number;
  /** Good to a minute; null until its first use. */
  lastUsedAt: number | null;
  /** It opens nothing from then on; null while it does. */
  revokedAt: number | null;
}

/** Keys, newest first, revoked ones included. */
export async function listApiKeys(
  db: DatabaseOrTransaction,
  { limit, after }: { limit: number; after?: string },
): Promise<ApiKeyRecord[]> {
  const rows = await db.apiKey.findMany({
    where: after === undefined ? {} : { id: { lt: after } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRecord);
}

/** The key with this id, or null. */
export async function findApiKey(db: DatabaseOrTransaction, id: string): Promise<ApiKeyRecord | null> {
  const row = await db.apiKey.findUnique({ where: { id } });
  return row && toRecord(row);
}

/** Returns the user of a key; null when the key is unknown or revoked. */
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

/** The row of a key that was ever stored, revoked or not; null when it never was. */
export async function findStoredApiKey(db: DatabaseOrTransaction, key: string): Promise<ApiKeyRecord | null> {
  const row = await db.apiKey.findUnique({ where: { hash: hashApiKey(key) } });
  return row && toRecord(row);
}

/** Ends a key at once; false when it had ended before. */
export async function revokeApiKey(db: DatabaseOrTransaction, keyId: string): Promise<boolean> {
  const data = { revokedAt: new Date() };
  return (await db.apiKey.updateMany({ where: { id: keyId, revokedAt: null }, data })).count === 1;
}

/** Notes that a stored key is the configured one now. */
export async function markApiKeyConfigured(db: DatabaseOrTransaction, keyId: string): Promise<void> {
  await db.apiKey.update({ where: { id: keyId }, data: { isConfigured: true } });
}

/** Revokes every configured key but those in `kept`; returns the ids of the revoked ones. */
export async function revokeConfiguredApiKeys(
  db: DatabaseOrTransaction,
  kept: readonly string[],
): Promise<string[]> {
  const rows = await db.apiKey.updateManyAndReturn({
    where: { isConfigured: true, revokedAt: null, hash: { notIn: kept.map(hashApiKey) } },
    data: { revokedAt: new Date() },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

const toRecord = ({ id, name, isConfigured, createdAt, lastUsedAt, revokedAt }: Row): ApiKeyRecord => ({
  id,
  name,
  isConfigured,
  createdAt: ms(createdAt),
  lastUsedAt: msOrNull(lastUsedAt),
  revokedAt: msOrNull(revokedAt),
});
