import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** A 32-byte key that seals trading keys, known by a short id so that it can be rotated. */
export interface MasterKey {
  id: string;
  key: Buffer;
}

/** A sealed trading key as stored: IV, then tag, then ciphertext. */
export interface SealedKey {
  masterKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

/** A trading key could not be opened: wrong master key, wrong deployment, or damaged bytes. */
export class KeyUnreadableError extends Error {
  override name = 'KeyUnreadableError';
  readonly code = 'key_unreadable';
}

/** Reads a master key written as 64 hex digits or base64 of 32 bytes; throws `RangeError` otherwise. */
export function parseMasterKey(id: string, text: string): MasterKey {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) throw new RangeError(`master key ${id}: want 32 bytes as hex or base64`);
  return { id, key };
}

/** Seals a private key for one deployment; it opens for no other. */
export function sealKey(master: MasterKey, deploymentId: string, privateKey: string): SealedKey {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, master.key, iv).setAAD(Buffer.from(deploymentId));
  const ciphertext = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]);
  const bytes = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
  return { masterKeyId: master.id, sealed: Uint8Array.from(bytes) };
}

/** Opens a sealed key. Throws `KeyUnreadableError`, whose text names no key material. */
export function openSealedKey(
  masters: readonly MasterKey[],
  deploymentId: string,
  sealedKey: SealedKey,
): string {
  const master = masters.find(({ id }) => id === sealedKey.masterKeyId);
  if (!master) throw new KeyUnreadableError(`no master key with id ${sealedKey.masterKeyId} is configured`);
  const bytes = Buffer.from(sealedKey.sealed);
  try {
    const decipher = createDecipheriv(ALGORITHM, master.key, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(deploymentId))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch {
    throw new KeyUnreadableError(
      `the trading key of deployment ${deploymentId} does not open: it is damaged, or master key ${master.id} is not the one it was sealed with`,
    );
  }
}
