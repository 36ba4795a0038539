import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  linkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** Where the bearer key of the local installation is kept. */
export const apiKeyFile = (stateDir: string): string => join(stateDir, 'api-key');
/** Where the master key of the local installation is kept, unless the environment gives one. */
export const masterKeyFile = (stateDir: string): string => join(stateDir, 'master-key');
/** Where the key of the language model may be kept, unless the environment gives one. */
export const openaiKeyFile = (stateDir: string): string => join(stateDir, 'openai-api-key');

/** The secret in the file, or null when there is none. */
export function readSecretFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim() || null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/** Writes a secret that only this user may read. Returns false, and changes nothing, when the file exists. */
export function writeSecretFile(path: string, secret: string): boolean {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeSync(file, `${secret}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  // A link appears with its content, and not over a file that is there.
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The master key of a local installation: made once and kept, since sealed keys open with no other. */
export function ensureMasterKey(stateDir: string): string {
  const path = masterKeyFile(stateDir);
  const kept = readSecretFile(path);
  if (kept !== null) return kept;
  writeSecretFile(path, randomBytes(32).toString('hex'));
  const made = readSecretFile(path);
  if (made === null) throw new Error(`${path} is empty; remove it, or put the master key back`);
  return made;
}
