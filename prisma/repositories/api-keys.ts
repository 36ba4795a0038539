import { createHash, randomBytes } from 'node:crypto';
import { SCOPES, type Role, type Scope } from '#domain/access.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { ApiKey as Row } from '../generated/client.ts';
import { ms, msOrNull } from './rows.ts';

/** The user that a bearer key authenticates. */
export interface ApiKeyHolder {
  keyId: string;
  keyName: string;
  userId: string;
  userName: string;
  role: Role;
  scopes: readonly Scope[];
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
  /** All unless given. */
  scopes?: readonly Scope[];
  /** It opens nothing from then on; null for a key that does not end by itself. */
  expiresAt?: number | null;
}

/** Stores a key under its hash. */
export async function saveApiKey(
  db: DatabaseOrTransaction,
  { userId, name, key, isConfigured = false, scopes = SCOPES, expiresAt = null }: ApiKeyDraft,
): Promise<ApiKeyRecord> {
  const row = await db.apiKey.create({
    data: {
      userId,
      name,
      hash: hashApiKey(key),
      isConfigured,
      scopes: [...scopes],
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    },
  });
  return toRecord(row);
}

/** A stored key, without the key itself. */
export interface ApiKeyRecord {
  id: string;
  name: string;
  isConfigured: boolean;
  scopes: readonly Scope[];
  createdAt: number;
  /** It opens nothing from then on; null for a key that does not end by itself. */
  expiresAt: number | null;
  /** Good to a minute; null until its first use. */
  lastUsedAt: number | null;
  /** It opens nothing from then on; null while it does. */
  revokedAt: number | null;
}

/** Keys of a user, newest first, revoked ones included. */
export async function listApiKeys(
  db: DatabaseOrTransaction,
  { limit, after, userId }: { limit: number; after?: string; userId: string },
): Promise<ApiKeyRecord[]> {
  const rows = await db.apiKey.findMany({
    where: { userId, ...(after !== undefined && { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRecord);
}

/** The key of a user with this id, or null. */
export async function findApiKey(
  db: DatabaseOrTransaction,
  { id, userId }: { id: string; userId: string },
): Promise<ApiKeyRecord | null> {
  const row = await db.apiKey.findUnique({ where: { id, userId } });
  return row && toRecord(row);
}

/** Returns the user of a key; null when the key is unknown, revoked or expired, or its user is disabled. */
export async function findApiKeyHolder(db: DatabaseOrTransaction, key: string): Promise<ApiKeyHolder | null> {
  const row = await db.apiKey.findUnique({
    where: { hash: hashApiKey(key) },
    include: { user: { select: { name: true, role: true, disabledAt: true } } },
  });
  if (!row || row.user.disabledAt || !isKeyOpen(row, Date.now())) return null;
  const staleSince = Date.now() - LAST_USED_RESOLUTION_MS;
  if (!row.lastUsedAt || row.lastUsedAt.getTime() < staleSince) {
    await db.apiKey.update({ where: { id: row.id }, data: { lastUsedAt: new Date() } });
  }
  return {
    keyId: row.id,
    keyName: row.name,
    userId: row.userId,
    userName: row.user.name,
    role: row.user.role,
    scopes: row.scopes,
  };
}

/** Returns whether a key opens something at a time: it has neither been revoked nor expired. */
export const isKeyOpen = (
  { revokedAt, expiresAt }: Pick<Row, 'revokedAt' | 'expiresAt'>,
  now: number,
): boolean => revokedAt === null && (expiresAt === null || expiresAt.getTime() > now);

/** How many keys of admins open all of the API now and do not end by themselves. */
export const countAdminKeys = (db: DatabaseOrTransaction): Promise<number> =>
  db.apiKey.count({
    where: {
      revokedAt: null,
      expiresAt: null,
      scopes: { has: 'admin' },
      user: { role: 'admin', disabledAt: null },
    },
  });

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

const toRecord = ({ id, name, isConfigured, scopes, createdAt, ...times }: Row): ApiKeyRecord => ({
  id,
  name,
  isConfigured,
  scopes,
  createdAt: ms(createdAt),
  expiresAt: msOrNull(times.expiresAt),
  lastUsedAt: msOrNull(times.lastUsedAt),
  revokedAt: msOrNull(times.revokedAt),
});
