import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

/** A 32-byte key that seals texts, known by a short id so that it can be rotated. */
export interface SealingKey {
  id: string;
  key: Buffer;
}

/** Seals a text with AES-256-GCM: IV, then tag, then ciphertext. It opens only with the same `boundTo`. */
export function sealText(key: Buffer, boundTo: Buffer, text: string): Uint8Array<ArrayBuffer> {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(boundTo);
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Uint8Array.from(Buffer.concat([iv, cipher.getAuthTag(), ciphertext]));
}

/** Opens a sealed text; null when it was not sealed with this key and this `boundTo`. */
export function openText(key: Buffer, boundTo: Buffer, sealed: Uint8Array): string | null {
  const bytes = Buffer.from(sealed);
  try {
    const opening = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES))
      .setAAD(boundTo)
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return opening.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + opening.final('utf8');
  } catch {
    return null;
  }
}

/** Returns a key for one purpose (HKDF-SHA256, RFC 5869): who holds it learns nothing about the key it came from. */
export const deriveKey = ({ id, key }: SealingKey, purpose: string): SealingKey => ({
  id,
  key: Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), purpose, KEY_BYTES)),
});
