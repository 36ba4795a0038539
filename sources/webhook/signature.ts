import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a signed request says of itself, as its headers have it. */
export interface SignedRequest {
  /** `webhook-id`: the same for every attempt to deliver one event. */
  id: string | undefined;
  /** `webhook-timestamp`: when this attempt was made, in seconds. */
  timestamp: string | undefined;
  /** `webhook-signature`: one or more of `v1,BASE64`, parted by spaces. */
  signature: string | undefined;
  body: Buffer;
}

export type SignatureRuling = { ok: true; id: string } | { ok: false; reason: string };

/** An attempt may be as old as this, or as far ahead, in s. */
const TOLERANCE_S = 300;
/** Signatures that are compared; more are refused, so that nobody has us compute without end. */
const MAX_SIGNATURES = 10;
const SECRET_PREFIX = 'whsec_';

/** Returns a signing secret in the form that senders take, of 32 random bytes. */
export const toSigningSecret = (bytes: Buffer): string => `${SECRET_PREFIX}${bytes.toString('base64')}`;

/**
 * Judges a request by the Standard Webhooks specification (symmetric, `v1`): who signed it has one of the secrets, and
 * did so within five minutes of now. `now` is in epoch ms.
 *
 * Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
 */
export function judgeSignature(
  { id, timestamp, signature, body }: SignedRequest,
  secrets: readonly string[],
  now: number,
): SignatureRuling {
  if (id === undefined || timestamp === undefined || signature === undefined)
    return refuse('the headers webhook-id, webhook-timestamp and webhook-signature are needed');
  // A full stop parts what is signed, so that an id with one could be read in two ways.
  if (!/^[!-\-/-~]{1,200}$/.test(id)) return refuse('webhook-id has 1 to 200 characters, and no full stop');
  if (!/^\d{1,12}$/.test(timestamp)) return refuse('webhook-timestamp is no time in seconds');
  if (Math.abs(now / 1_000 - Number(timestamp)) > TOLERANCE_S)
    return refuse('webhook-timestamp is more than five minutes from now');
  const given = signature.split(' ');
  if (given.length > MAX_SIGNATURES) return refuse(`more than ${MAX_SIGNATURES} signatures`);
  const expected = secrets.map((secret) => sign(secret, `${id}.${timestamp}.`, body));
  const isSigned = given.some((each) => expected.some((right) => isEqual(each, `v1,${right}`)));
  return isSigned ? { ok: true, id } : refuse('no signature is of this body, id and time');
}

const refuse = (reason: string): SignatureRuling => ({ ok: false, reason });

function sign(secret: string, head: string, body: Buffer): string {
  const key = Buffer.from(secret.replace(SECRET_PREFIX, ''), 'base64');
  return createHmac('sha256', key).update(head).update(body).digest('base64');
}

/** Compares in a time that tells nothing of where two texts differ. */
function isEqual(given: string, right: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
