import { createHash } from 'node:crypto';
import type { SourceKind } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, msOrNull } from './rows.ts';

/** Returns the hash that is stored in the place of a token. 256 random bits: a plain hash is as good as a slow one. */
export const hashHookToken = (token: string): string => createHash('sha256').update(token).digest('hex');

interface SealedSecret {
  sealKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

/** What opens the door of a source: a token, or a secret that signs. */
export type HookDraft = { sourceAccountId: string } & ({ token: string } | { secret: SealedSecret });

/** Makes what opens the door of a source from now on; what opened it before does so until `oldUntil`, in epoch ms. */
export async function replaceHook(
  tx: DatabaseOrTransaction,
  draft: HookDraft,
  oldUntil: number,
): Promise<void> {
  const { sourceAccountId } = draft;
  const until = new Date(oldUntil);
  await tx.sourceHook.updateMany({
    where: { sourceAccountId, OR: [{ expiresAt: null }, { expiresAt: { gt: until } }] },
    data: { expiresAt: until },
  });
  await tx.sourceHook.create({
    data: {
      sourceAccountId,
      ...('token' in draft
        ? { tokenHash: hashHookToken(draft.token) }
        : { sealedSecret: draft.secret.sealed, sealKeyId: draft.secret.sealKeyId }),
    },
  });
}

/** A source that may be posted to. */
export interface PostedSource {
  id: string;
  handle: string;
  isActive: boolean;
}

/** Returns the TradingView source that a token opens; null for none. */
export async function findSourceByToken(
  db: DatabaseOrTransaction,
  token: string,
  now: number,
): Promise<PostedSource | null> {
  const hook = await db.sourceHook.findUnique({
    where: { tokenHash: hashHookToken(token) },
    select: {
      expiresAt: true,
      sourceAccount: { select: { id: true, handle: true, status: true, kind: true } },
    },
  });
  if (!hook || (hook.expiresAt !== null && hook.expiresAt.getTime() <= now)) return null;
  const { id, handle, status } = hook.sourceAccount;
  return { id, handle, isActive: status === 'active' };
}

/** Returns a source that is posted to under signatures, with the sealed secrets that open it; null for none. */
export async function findSignedSource(
  db: DatabaseOrTransaction,
  id: string,
  now: number,
): Promise<(PostedSource & { secrets: SealedSecret[] }) | null> {
  const row = await db.sourceAccount.findFirst({
    where: { id, kind: 'webhook' },
    select: {
      handle: true,
      status: true,
      hooks: {
        where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }] },
        orderBy: { id: 'desc' },
        select: { sealedSecret: true, sealKeyId: true },
      },
    },
  });
  if (!row) return null;
  const secrets = row.hooks.flatMap(({ sealedSecret: sealed, sealKeyId }) =>
    sealed && sealKeyId !== null ? [{ sealed, sealKeyId }] : [],
  );
  return { id, handle: row.handle, isActive: row.status === 'active', secrets };
}

/** A door, without what opens it. */
export interface HookRecord {
  sourceId: string;
  kind: SourceKind;
  handle: string;
  createdAt: number;
  /** When it stops to open; null for the present one. */
  expiresAt: number | null;
}

/** Returns the doors that open now, those of one source together. */
export async function listHooks(db: DatabaseOrTransaction, now: number): Promise<HookRecord[]> {
  const rows = await db.sourceHook.findMany({
    where: { OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }] },
    orderBy: [{ sourceAccountId: 'desc' }, { id: 'desc' }],
    select: {
      createdAt: true,
      expiresAt: true,
      sourceAccount: { select: { id: true, kind: true, handle: true } },
    },
    take: 1_000,
  });
  return rows.map(({ createdAt, expiresAt, sourceAccount: { id, kind, handle } }) => ({
    sourceId: id,
    kind,
    handle,
    createdAt: ms(createdAt),
    expiresAt: msOrNull(expiresAt),
  }));
}

/** Returns how many tokens or secrets open the door of a source now. */
export const countHooks = (
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  now: number,
): Promise<number> =>
  db.sourceHook.count({
    where: { sourceAccountId, OR: [{ expiresAt: null }, { expiresAt: { gt: new Date(now) } }] },
  });
