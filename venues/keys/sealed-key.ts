import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A 32-byte key that seals trading keys, known by a short id so that it can be rotated. */
export interface MasterKey {
  id: string;
  key: Buffer;
}

/** Whose trading key it is: a sealed key opens for no other deployment, venue or address. */
export interface KeyOwner {
  deploymentId: string;
  venue: string;
  /** Lower-case address of the trading key. */
  address: string;
}

/** A sealed trading key as stored: IV, then tag, then ciphertext. */
export interface SealedKey {
  masterKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

export interface OpenedKey {
  privateKey: string;
  /** It is bound to its deployment only, or sealed with an older master key: seal it again. */
  isStale: boolean;
}

/** A trading key could not be opened: wrong master key, wrong owner, or damaged bytes. */
export class KeyUnreadableError extends Error {
  override name = 'KeyUnreadableError';
  readonly code = 'key_unreadable';
}

/** Explains the form of a master key and how to make one. */
export const MASTER_KEY_FORM =
  '32 random bytes as 64 hex digits, or as 44 characters of base64 that end with =; make one with `openssl rand -hex 32`';

/** Reads a master key. Throws `RangeError` for anything but 32 encoded bytes: a pass phrase is no key. */
export function parseMasterKey(id: string, text: string): MasterKey {
  if (/^[0-9a-f]{64}$/i.test(text)) return { id, key: Buffer.from(text, 'hex') };
  const key = Buffer.from(text, 'base64');
  const isWhole = key.length === KEY_BYTES && key.toString('base64') === text;
  if (!isWhole) throw new RangeError(`master key ${id}: want ${MASTER_KEY_FORM}`);
  return { id, key };
}

/** Seals a private key for its owner. */
export function sealKey(master: MasterKey, owner: KeyOwner, privateKey: string): SealedKey {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, master.key, iv).setAAD(boundTo(owner));
  const ciphertext = Buffer.concat([cipher.update(privateKey, 'utf8'), cipher.final()]);
  const bytes = Buffer.concat([iv, cipher.getAuthTag(), ciphertext]);
  return { masterKeyId: master.id, sealed: Uint8Array.from(bytes) };
}

/**
 * Opens a sealed key; the first master key is the current one. Throws `KeyUnreadableError`, whose text names no key
 * material. A key of before, bound to its deployment only, opens too.
 */
export function openSealedKey(masters: readonly MasterKey[], key: KeyOwner & SealedKey): OpenedKey {
  const master = masters.find(({ id }) => id === key.masterKeyId);
  if (!master) throw new KeyUnreadableError(`no master key with id ${key.masterKeyId} is configured`);
  const bytes = Buffer.from(key.sealed);
  const bound = decipher(master, boundTo(key), bytes);
  if (bound !== null) return { privateKey: bound, isStale: master !== masters[0] };
  const older = decipher(master, Buffer.from(key.deploymentId), bytes);
  if (older !== null) return { privateKey: older, isStale: true };
  throw new KeyUnreadableError(
    `the trading key ${key.address} of deployment ${key.deploymentId} at ${key.venue} does not open: it is damaged, or master key ${master.id} is not the one it was sealed with`,
  );
}

/** The additional data: no separator occurs in any of the parts. */
const boundTo = ({ deploymentId, venue, address }: KeyOwner): Buffer =>
  Buffer.from(['signalman trading key', deploymentId, venue, address.toLowerCase()].join('\n'));

/** Null when the bytes were not sealed with this key and this additional data. */
function decipher(master: MasterKey, additional: Buffer, bytes: Buffer): string | null {
  try {
    const opening = createDecipheriv(ALGORITHM, master.key, bytes.subarray(0, IV_BYTES))
      .setAAD(additional)
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return opening.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + opening.final('utf8');
  } catch {
    return null;
  }
}
