import { openText, sealText, type SealingKey } from '#process/sealed-text.ts';
import { SourceBlocked } from './errors.ts';

/** The secret of a source as stored. */
export interface SealedSecret {
  sealKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

/** Seals the token of a source with the first key, bound to the source: it opens for no other. */
export function sealSecret(keys: readonly SealingKey[], sourceId: string, secret: string): SealedSecret {
  const [current] = keys;
  if (!current) throw new SourceBlocked('source_secret_unreadable', NO_KEY);
  return { sealKeyId: current.id, sealed: sealText(current.key, boundTo(sourceId), secret) };
}

/** Opens the token of a source. Throws `SourceBlocked`, whose text names no secret. */
export function openSecret(
  keys: readonly SealingKey[],
  sourceId: string,
  { sealKeyId, sealed }: SealedSecret,
): string {
  if (keys.length === 0) throw new SourceBlocked('source_secret_unreadable', NO_KEY);
  const key = keys.find(({ id }) => id === sealKeyId);
  const secret = key && openText(key.key, boundTo(sourceId), sealed);
  if (secret) return secret;
  throw new SourceBlocked(
    'source_secret_unreadable',
    `the secret of the source does not open: it was sealed with another SIGNALMAN_SOURCE_KEY (${sealKeyId}); give it anew`,
  );
}

const NO_KEY =
  'this process has no key for the secrets of sources: set SIGNALMAN_SOURCE_KEY, for the API and the pipeline alike';

const boundTo = (sourceId: string): Buffer => Buffer.from(`signalman source secret\n${sourceId}`);
