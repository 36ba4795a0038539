import { getAddress } from 'ethers';
import { SCOPES } from '#domain/access.ts';
import type { Transaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  createSession,
  newSessionToken,
  type SessionDraft,
  type SessionRecord,
} from '#prisma/repositories/sessions.ts';
import { createUser, findUser, findUserByWallet, type UserRecord } from '#prisma/repositories/users.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Principal } from '../../plugins/auth.ts';
import { ProblemError } from '../../problem.ts';

/** A session that was just made, the only time that its token is seen. */
export interface OpenedSession {
  user: UserRecord;
  session: SessionRecord;
  token: string;
}

/** How a client keeps its session. */
export type SessionKind = Pick<SessionDraft, 'isCookie' | 'client'>;

/**
 * Opens a session for the user of a wallet that has signed. Makes that user where sign-up is open; else throws
 * `sign_up_closed` for a wallet that nobody added.
 */
export const openWalletSession = (
  { db, now, signIn }: ApiDeps,
  address: string,
  kind: SessionKind,
): Promise<OpenedSession> =>
  db.$transaction(async (tx) => {
    const user = (await findUserByWallet(tx, address)) ?? (signIn.isOpen ? await signUp(tx, address) : null);
    if (!user || user.disabledAt !== null) throw new ProblemError('sign_up_closed');
    return open(tx, user, { ...kind, apiKeyId: null, scopes: SCOPES, now: now() });
  });

/** Opens a session for the user of a key, with the scopes of the key; it ends with the key. */
export const openKeySession = (
  { db, now }: ApiDeps,
  { userId, keyId, scopes }: Principal,
  kind: SessionKind,
): Promise<OpenedSession> =>
  db.$transaction(async (tx) => {
    const user = await findUser(tx, userId);
    if (!user || keyId === null) throw new ProblemError('unauthenticated');
    return open(tx, user, { ...kind, apiKeyId: keyId, scopes, now: now() });
  });

async function signUp(tx: Transaction, address: string): Promise<UserRecord | null> {
  const draft = { name: getAddress(address), role: 'user' as const, walletAddress: address };
  const user = await createUser(tx, draft);
  if (user) {
    const subject = `user/${user.id}`;
    await recordChange(tx, { actor: user.name, action: 'user.signUp', subject, after: draft });
  }
  return user ?? findUserByWallet(tx, address);
}

async function open(
  tx: Transaction,
  user: UserRecord,
  draft: Omit<SessionDraft, 'userId' | 'token'>,
): Promise<OpenedSession> {
  const token = newSessionToken();
  const session = await createSession(tx, { ...draft, userId: user.id, token });
  const { isCookie, client, apiKeyId } = draft;
  const after = { isCookie, client, apiKeyId };
  await recordChange(tx, {
    actor: user.name,
    action: 'session.open',
    subject: `session/${session.id}`,
    after,
  });
  return { user, session, token };
}
