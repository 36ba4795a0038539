import type { Database } from '#prisma/client.ts';
import {
  countActiveApiKeys,
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

/** Makes a key and returns it. Only its hash is stored. */
export async function addApiKey(
  db: Database,
  { userId, name: actor }: Principal,
  name: string,
): Promise<{ key: string; record: ApiKeyRecord }> {
  const key = newApiKey();
  const record = await db.$transaction(async (tx) => {
    const made = await saveApiKey(tx, { userId, name, key });
    const subject = `apiKey/${made.id}`;
    await recordChange(tx, { actor, action: 'apiKey.create', subject, after: { name } });
    return made;
  });
  return { key, record };
}

/**
 * Revokes a key at once; changes nothing about a revoked key. Throws `api_key_not_found`, or `last_api_key` when nobody
 * could sign in any more.
 */
export async function endApiKey(db: Database, { name: actor }: Principal, id: string): Promise<ApiKeyRecord> {
  return db.$transaction(async (tx) => {
    await lockApiKeys(tx);
    const found = await findApiKey(tx, id);
    if (!found) throw new ProblemError('api_key_not_found', `There is no API key ${id}.`);
    if (found.revokedAt !== null) return found;
    if ((await countActiveApiKeys(tx)) === 1) throw new ProblemError('last_api_key');
    await revokeApiKey(tx, id);
    await recordChange(tx, { actor, action: 'apiKey.revoke', subject: `apiKey/${id}` });
    return (await findApiKey(tx, id)) ?? found;
  });
}
