import type { Scope } from '#domain/access.ts';
import type { Database } from '#prisma/client.ts';
import {
  countAdminKeys,
  findApiKey,
  newApiKey,
  revokeApiKey,
  saveApiKey,
  type ApiKeyRecord,
} from '#prisma/repositories/api-keys.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { lockApiKeys } from './first-key.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';

/** A key that a user wants. */
export interface ApiKeyRequest {
  name: string;
  scopes: readonly Scope[];
  /** Epoch ms; null for a key that does not end by itself. */
  expiresAt: number | null;
}

/** Makes a key and returns it. Only its hash is stored. Throws `scope_missing` for a scope that the caller lacks. */
export async function addApiKey(
  db: Database,
  { userId, name: actor, scopes: ownScopes }: Principal,
  { name, scopes, expiresAt }: ApiKeyRequest,
): Promise<{ key: string; record: ApiKeyRecord }> {
  const lacking = scopes.find((scope) => !ownScopes.includes(scope));
  if (lacking !== undefined)
    throw new ProblemError('scope_missing', `You lack the scope ${lacking}, so no key of yours can have it.`);
  const key = newApiKey();
  const record = await db.$transaction(async (tx) => {
    const made = await saveApiKey(tx, { userId, name, key, scopes, expiresAt });
    const subject = `apiKey/${made.id}`;
    await recordChange(tx, { actor, action: 'apiKey.create', subject, after: { name, scopes, expiresAt } });
    return made;
  });
  return { key, record };
}

/**
 * Revokes a key at once; changes nothing about a revoked key. Throws `api_key_not_found`, or `last_api_key` when no
 * key would open all of the API any more.
 */
export async function endApiKey(
  db: Database,
  { userId, name: actor }: Principal,
  id: string,
): Promise<ApiKeyRecord> {
  return db.$transaction(async (tx) => {
    await lockApiKeys(tx);
    const found = await findApiKey(tx, { id, userId });
    if (!found) throw new ProblemError('api_key_not_found', `There is no API key ${id}.`);
    if (found.revokedAt !== null) return found;
    const wasOpen = (await countAdminKeys(tx)) > 0;
    await revokeApiKey(tx, id);
    if (wasOpen && (await countAdminKeys(tx)) === 0) throw new ProblemError('last_api_key');
    await recordChange(tx, { actor, action: 'apiKey.revoke', subject: `apiKey/${id}` });
    return (await findApiKey(tx, { id, userId })) ?? found;
  });
}
