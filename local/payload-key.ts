import { join } from 'node:path';
import { readSecretFile, writeSecretFile } from '#config/secret-files.ts';
import { deriveKey } from '#process/sealed-text.ts';
import { parseMasterKey } from '#venues/keys/sealed-key.ts';

/** Where the key of what the embedded Temporal server stores is kept. */
export const payloadKeyFile = (stateDir: string): string => join(stateDir, 'payload-key');

/**
 * Returns the key of what Temporal stores, which opens no trading key. It comes from the master key of the first start,
 * so that a restored system needs no other secret, and is kept, so that it outlives a change of the master key.
 */
export function ensurePayloadKey(stateDir: string, masterKey: string): string {
  const path = payloadKeyFile(stateDir);
  const kept = readSecretFile(path);
  if (kept !== null) return kept;
  const derived = deriveKey(parseMasterKey('main', masterKey), 'signalman temporal payloads').key;
  writeSecretFile(path, derived.toString('hex'));
  return readSecretFile(path) ?? derived.toString('hex');
}
