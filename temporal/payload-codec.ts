import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { SealingKey } from '#process/sealed-text.ts';

/** A payload is sealed with a key that is not among ours, or was changed. */
export class PayloadSealError extends Error {
  override readonly name = 'PayloadSealError';
  readonly code = 'payload_sealed';
}

const { Payload: PayloadMessage } = proto.temporal.api.common.v1;
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
const ENCODING = Buffer.from('binary/encrypted');

/**
 * Seals every payload that goes to the Temporal server with AES-256-GCM: the IV, what was sealed, the tag, under the id
 * of its key. The first key seals, every one opens. What was stored without a seal is read as it is.
 * Layout: Temporal's own example of encryption (github.com/temporalio/samples-typescript, encryption).
 */
export function createPayloadCodec(keys: readonly [SealingKey, ...SealingKey[]]): PayloadCodec {
  const byId = new Map(keys.map((each) => [each.id, each]));
  return {
    encode: async (payloads) => payloads.map((payload) => seal(payload, keys[0])),
    decode: async (payloads) => payloads.map((payload) => open(payload, byId)),
  };
}

function seal(payload: Payload, { id, key }: SealingKey): Payload {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv);
  const sealed = [cipher.update(PayloadMessage.encode(payload).finish()), cipher.final()];
  return {
    metadata: { encoding: ENCODING, 'encryption-key-id': Buffer.from(id) },
    data: Buffer.concat([iv, ...sealed, cipher.getAuthTag()]),
  };
}

function open(payload: Payload, keys: ReadonlyMap<string, SealingKey>): Payload {
  const { metadata, data } = payload;
  if (!data || !isSealed(payload)) return payload;
  const id = Buffer.from(metadata?.['encryption-key-id'] ?? []).toString();
  const found = keys.get(id);
  if (!found)
    throw new PayloadSealError(`sealed with the key ${id}, which SIGNALMAN_PAYLOAD_KEY does not have`);
  try {
    const sealed = data.subarray(IV_BYTES, -TAG_BYTES);
    const opening = createDecipheriv(ALGORITHM, found.key, data.subarray(0, IV_BYTES));
    opening.setAuthTag(data.subarray(-TAG_BYTES));
    return PayloadMessage.decode(Buffer.concat([opening.update(sealed), opening.final()]));
  } catch (cause) {
    throw new PayloadSealError(`sealed with the key ${id}, and changed since`, { cause });
  }
}

/** Whether a payload was sealed by such a codec. */
export const isSealed = ({ metadata }: Payload): boolean =>
  metadata?.['encoding'] !== undefined && ENCODING.equals(metadata['encoding']);
