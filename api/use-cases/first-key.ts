import { apiKeyFile, readSecretFile, writeSecretFile } from '#config/secret-files.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import {
  countAdminKeys,
  findStoredApiKey,
  markApiKeyConfigured,
  newApiKey,
  revokeConfiguredApiKeys,
  saveApiKey,
} from '#prisma/repositories/api-keys.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { ensureOwner } from '#prisma/repositories/users.ts';

export interface FirstKeyOptions {
  stateDir: string;
  /** The key of `SIGNALMAN_API_KEY`, which is not written to a file. */
  given?: string;
}

export interface FirstKey {
  /** The key when this call made it, else null. */
  madeKey: string | null;
  /** True when the given key was revoked before: it opens nothing. */
  isGivenRevoked: boolean;
}

/** Name of the lock under which one process at a time changes the keys of a database. */
const LOCK = 7_416_001;

/**
 * Makes the owner and the first bearer key of a fresh database; where a key opens all of the API, none is made. The
 * database holds the hash; the key itself is in `<stateDir>/api-key` (mode 0600) and in the answer, once.
 * A key that is given becomes the configured one: it is stored, and the one it replaces is revoked.
 */
export async function ensureFirstApiKey(db: Database, options: FirstKeyOptions): Promise<FirstKey> {
  return db.$transaction(async (tx) => {
    await lockApiKeys(tx);
    const { id: userId } = await ensureOwner(tx);
    if (options.given !== undefined) {
      const isActive = await configureKey(tx, userId, options.given, options.stateDir);
      return { madeKey: null, isGivenRevoked: !isActive };
    }
    return { madeKey: await makeFirstKey(tx, userId, options.stateDir), isGivenRevoked: false };
  });
}

/** Takes the lock of the keys until the transaction ends; waits for it. */
export async function lockApiKeys(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
}

/**
 * Stores the configured key and revokes the one before. Returns false, with nothing changed, when the key was revoked
 * before.
 */
async function configureKey(
  tx: Transaction,
  userId: string,
  key: string,
  stateDir: string,
): Promise<boolean> {
  const stored = await findStoredApiKey(tx, key);
  if (stored && stored.revokedAt !== null) return false;
  if (!stored) {
    const { id } = await saveApiKey(tx, { userId, name: 'configured', key, isConfigured: true });
    await recordChange(tx, { actor: 'system', action: 'apiKey.create', subject: `apiKey/${id}` });
  } else if (!stored.isConfigured) {
    await markApiKeyConfigured(tx, stored.id);
  }
  const ofFile = readSecretFile(apiKeyFile(stateDir));
  const ended = await revokeConfiguredApiKeys(tx, [key, ...(ofFile === null ? [] : [ofFile])]);
  for (const id of ended) {
    const after = { replacedBy: 'SIGNALMAN_API_KEY' };
    await recordChange(tx, { actor: 'system', action: 'apiKey.revoke', subject: `apiKey/${id}`, after });
  }
  return true;
}

/** Makes the first key and returns it; null when a key opens all of the API already, or the one in the file is stored. */
async function makeFirstKey(tx: Transaction, userId: string, stateDir: string): Promise<string | null> {
  if ((await countAdminKeys(tx)) > 0) return null;
  const key = keptKey(stateDir);
  if (await findStoredApiKey(tx, key)) return null;
  const { id } = await saveApiKey(tx, { userId, name: 'first', key });
  await recordChange(tx, { actor: 'system', action: 'apiKey.create', subject: `apiKey/${id}` });
  return key;
}

/** Returns the key in the file, which an emptied database lacks; a new one where there is no file. */
function keptKey(stateDir: string): string {
  const path = apiKeyFile(stateDir);
  const kept = readSecretFile(path);
  if (kept !== null) return kept;
  const made = newApiKey();
  writeSecretFile(path, made);
  return readSecretFile(path) ?? made;
}
