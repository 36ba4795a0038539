import { randomBytes } from 'node:crypto';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { countHooks, replaceHook } from '#prisma/repositories/source-hooks.ts';
import { SourceBlocked } from '#sources/errors.ts';
import { sealSecret, type SealedSecret } from '#sources/secret.ts';
import { toSigningSecret } from '#sources/webhook/signature.ts';
import type { PostedKind } from '#sources/webhook/webhook-source.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import type { HookMade } from '../schemas/hook.ts';

export interface HookRequest {
  kind: PostedKind;
  handle: string;
  endOldNow: boolean;
}

/** How long what opened a door before does so, so that a sender can be changed without a gap. */
const OLD_OPENS_MS = 24 * 60 * 60 * 1000;
const SECRET_BYTES = 32;

/** Makes the source unless it is there, and what opens its door. Only hashes and sealed secrets are stored. */
export async function makeHook(
  { db, sourceKeys, now }: Pick<ApiDeps, 'db' | 'sourceKeys' | 'now'>,
  { name: actor }: Principal,
  { kind, handle, endOldNow }: HookRequest,
): Promise<HookMade> {
  const key = randomBytes(SECRET_BYTES);
  return db.$transaction(async (tx) => {
    const { id: sourceId } = await ensureSourceAccount(tx, { kind, handle });
    const hasOld = (await countHooks(tx, sourceId, now())) > 0;
    const oldUntil = now() + (endOldNow ? 0 : OLD_OPENS_MS);
    const subject = `source/${sourceId}`;
    await recordChange(tx, { actor, action: 'source.hook', subject, after: { kind, handle, endOldNow } });
    const made = { sourceId, kind, handle, oldUntil: hasOld ? oldUntil : null };
    if (kind === 'tradingview') {
      const token = key.toString('base64url');
      await replaceHook(tx, { sourceAccountId: sourceId, token }, oldUntil);
      return { ...made, path: `/hooks/tradingview/${token}`, secret: null };
    }
    const secret = toSigningSecret(key);
    const sealed = seal(sourceKeys, sourceId, secret);
    await replaceHook(tx, { sourceAccountId: sourceId, secret: sealed }, oldUntil);
    return { ...made, path: `/hooks/webhook/${sourceId}`, secret };
  });
}

/** Seals a secret. Throws `source_refused` where this process has no key for it. */
function seal(keys: ApiDeps['sourceKeys'], sourceId: string, secret: string): SealedSecret {
  try {
    return sealSecret(keys, sourceId, secret);
  } catch (error) {
    if (!(error instanceof SourceBlocked)) throw error;
    throw new ProblemError('source_refused', error.message, { cause: error });
  }
}
