import { openText, sealText, type SealingKey } from '#process/sealed-text.ts';

const KEY_BYTES = 32;

/** A 32-byte key that seals trading keys, known by a short id so that it can be rotated. */
export type MasterKey = SealingKey;

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
export const sealKey = (master: MasterKey, owner: KeyOwner, privateKey: string): SealedKey => ({
  masterKeyId: master.id,
  sealed: sealText(master.key, boundTo(owner), privateKey),
});

/**
 * Opens a sealed key; the first master key is the current one. Throws `KeyUnreadableError`, whose text names no key
 * material. A key of before, bound to its deployment only, opens too.
 */
export function openSealedKey(masters: readonly MasterKey[], key: KeyOwner & SealedKey): OpenedKey {
  const master = masters.find(({ id }) => id === key.masterKeyId);
  if (!master) throw new KeyUnreadableError(`no master key with id ${key.masterKeyId} is configured`);
  const bound = openText(master.key, boundTo(key), key.sealed);
  if (bound !== null) return { privateKey: bound, isStale: master !== masters[0] };
  const older = openText(master.key, Buffer.from(key.deploymentId), key.sealed);
  if (older !== null) return { privateKey: older, isStale: true };
  throw new KeyUnreadableError(
    `the trading key ${key.address} of deployment ${key.deploymentId} at ${key.venue} does not open: it is damaged, or master key ${master.id} is not the one it was sealed with`,
  );
}

/** The additional data: no separator occurs in any of the parts. */
const boundTo = ({ deploymentId, venue, address }: KeyOwner): Buffer =>
  Buffer.from(['signalman trading key', deploymentId, venue, address.toLowerCase()].join('\n'));
