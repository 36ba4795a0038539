import { randomBytes } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { masterKeyFile, readSecretFile, writeSecretFile } from './secret-files.ts';
import { splitKeys } from './key-lists.ts';

/** A master key as a file keeps it. */
export interface KeptKey {
  id: string;
  key: string;
}

const oldFile = (stateDir: string): string => join(stateDir, 'old-master-keys');

/** The master keys that a state folder keeps: the one that seals, and those that still open. */
export interface KeptMasterKeys {
  current: KeptKey | null;
  older: KeptKey[];
}

/** Reads the master keys of a state folder. One that was kept without an id has that of `SIGNALMAN_MASTER_KEY_ID`. */
export function readMasterKeys(stateDir: string, firstId: string): KeptMasterKeys {
  const text = readSecretFile(masterKeyFile(stateDir));
  return {
    current: text === null ? null : readKept(text, firstId),
    older: splitKeys(readSecretFile(oldFile(stateDir)) ?? ''),
  };
}

/** Reads `id:key`, or a key alone. */
function readKept(text: string, firstId: string): KeptKey {
  const [id = '', key] = text.split(/:(.*)/s);
  return key === undefined ? { id: firstId, key: text } : { id, key };
}

/** Writes older keys as `SIGNALMAN_OLD_MASTER_KEYS` has them. */
export const listOlder = (older: readonly KeptKey[]): string =>
  older.map(({ id, key }) => `${id}:${key}`).join(',');

/**
 * Makes a new master key that seals from the next start on; the one before is kept among those that open. No key is lost
 * wherever this ends: the old one is written to its new place first. Returns the ids of both.
 */
export function replaceMasterKey(stateDir: string, firstId: string, now: Date): { from: string; to: string } {
  const { current, older } = readMasterKeys(stateDir, firstId);
  if (current === null) throw new Error('the state folder has no master key yet');
  const others = older.filter(({ id }) => id !== current.id);
  replaceFile(oldFile(stateDir), listOlder([current, ...others]));
  const id = `k${now.toISOString().replaceAll(/\D/g, '').slice(0, 14)}`;
  replaceFile(masterKeyFile(stateDir), `${id}:${randomBytes(32).toString('hex')}`);
  return { from: current.id, to: id };
}

/** Forgets the master keys that only open. */
export function forgetOlderKeys(stateDir: string): void {
  rmSync(oldFile(stateDir), { force: true });
}

/** Replaces a secret file as a whole: it has its old or its new content, whenever this ends. */
function replaceFile(path: string, secret: string): void {
  const draft = `${path}.next`;
  rmSync(draft, { force: true });
  writeSecretFile(draft, secret);
  renameSync(draft, path);
}
