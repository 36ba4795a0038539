import { createHash } from 'node:crypto';
import { deriveKey, type SealingKey } from '#process/sealed-text.ts';
import { parseMasterKey, type MasterKey } from '#venues/keys/sealed-key.ts';
import type { Environment } from './env.ts';

/** Returns all master keys, the one that seals first; `current` is used when the environment gives none. */
export function masterKeysOf(read: Environment, current: string): [MasterKey, ...MasterKey[]] {
  const older = splitKeys(read.SIGNALMAN_OLD_MASTER_KEYS ?? '');
  return [
    parseMasterKey(read.SIGNALMAN_MASTER_KEY_ID, read.SIGNALMAN_MASTER_KEY ?? current),
    ...older.map(({ id, key }) => parseMasterKey(id, key)),
  ];
}

/** Splits `id:key,id:key`. */
export function splitKeys(text: string): { id: string; key: string }[] {
  const entries = text.split(',').filter((entry) => entry.trim() !== '');
  return entries.map((entry) => {
    const [id = '', key = ''] = entry.trim().split(/:(.*)/s);
    return { id, key };
  });
}

/** Splits keys by commas. */
export const splitSourceKeys = (text: string): string[] =>
  text
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');

/** A key of sources is known by its own fingerprint. */
export function parseSourceKey(text: string): SealingKey {
  const { key } = parseMasterKey('', text);
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 12), key };
}

/** Whether the text is 32 bytes as a master key is written. */
export function isMasterKey(text: string): boolean {
  try {
    parseMasterKey('', text);
    return true;
  } catch {
    return false;
  }
}

/** Returns the key of the secrets of sources and channels that comes from a master key; it opens no trading key. */
export const sourceKeyFrom = (masterKey: string): string =>
  deriveKey(parseMasterKey('main', masterKey), 'signalman source secrets').key.toString('hex');
