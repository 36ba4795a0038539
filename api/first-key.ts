import { apiKeyFile, readSecretFile, writeSecretFile } from '#config/secret-files.ts';
import type { Database } from '#prisma/client.ts';
import { countActiveApiKeys, isKnownApiKey, newApiKey, saveApiKey } from '#prisma/repositories/api-keys.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { ensureOwner } from '#prisma/repositories/users.ts';

export interface FirstKeyOptions {
  stateDir: string;
  /** A key chosen by whoever runs the system (`SIGNALMAN_API_KEY`); it is not written to a file. */
  given?: string;
}

const NAME = 'first';
/** Serialises first starts of several processes on one database. */
const LOCK = 7_416_001;

/**
 * Makes the owner and the first bearer key of a fresh database; where any key opens the API, none is made. The
 * database holds the hash; the key itself is in `<stateDir>/api-key` (mode 0600) and in the answer, once.
 * A key that was given is stored unless it is known already, revoked ones included.
 */
export async function ensureFirstApiKey(
  db: Database,
  options: FirstKeyOptions,
): Promise<{ madeKey: string | null }> {
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(${LOCK})`;
    const owner = await ensureOwner(tx);
    const isFirst = options.given === undefined && (await countActiveApiKeys(tx)) === 0;
    const key = options.given ?? (isFirst ? keptKey(options.stateDir) : null);
    if (key === null || (await isKnownApiKey(tx, key))) return { madeKey: null };
    const { keyId } = await saveApiKey(tx, owner.id, NAME, key);
    await recordChange(tx, { actor: 'system', action: 'apiKey.create', subject: `apiKey/${keyId}` });
    return { madeKey: isFirst ? key : null };
  });
}

/** The key in the file, which a database that was started over does not know; a new one where there is no file. */
function keptKey(stateDir: string): string {
  const path = apiKeyFile(stateDir);
  const kept = readSecretFile(path);
  if (kept !== null) return kept;
  const made = newApiKey();
  writeSecretFile(path, made);
  return readSecretFile(path) ?? made;
}
