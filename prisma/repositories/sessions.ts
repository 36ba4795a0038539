import { createHash, randomBytes } from 'node:crypto';
import type { Role, Scope } from '#domain/access.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Session as Row } from '../generated/client.ts';
import { ms, msOrNull } from './rows.ts';
import { isKeyOpen } from './api-keys.ts';

const PREFIX = 'sgs_';
/** A session that is not used for so long is over. */
export const IDLE_MS = 30 * 60_000;
/** A session is over after so long, however much it is used. */
export const LIFETIME_MS = 12 * 60 * 60_000;
/** `lastUsedAt` is good to this, so that a busy client does not cost one write per request. */
const LAST_USED_RESOLUTION_MS = 60_000;
/** Sessions that are over are kept so long, for their users to see. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
/** Sessions of a user that are shown, and that are open at a time. */
const MAX_OPEN = 50;

/** A new token, of 256 random bits. */
export const newSessionToken = (): string => `${PREFIX}${randomBytes(32).toString('base64url')}`;

/** Returns whether a bearer token is that of a session rather than a key. */
export const isSessionToken = (token: string): boolean => token.startsWith(PREFIX);

const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

export interface SessionDraft {
  userId: string;
  /** The key it is made with; null for one that a wallet signed. */
  apiKeyId: string | null;
  token: string;
  scopes: readonly Scope[];
  isCookie: boolean;
  client: string;
  now: number;
}

/** A stored session, without its token. */
export interface SessionRecord {
  id: string;
  apiKeyId: string | null;
  scopes: readonly Scope[];
  isCookie: boolean;
  client: string;
  createdAt: number;
  /** When its user last proved to hold the wallet or the key. */
  provenAt: number;
  /** Good to a minute. */
  lastUsedAt: number;
  expiresAt: number;
  endedAt: number | null;
}

const toRecord = (row: Row): SessionRecord => ({
  id: row.id,
  apiKeyId: row.apiKeyId,
  scopes: row.scopes,
  isCookie: row.isCookie,
  client: row.client,
  createdAt: ms(row.createdAt),
  provenAt: ms(row.provenAt),
  lastUsedAt: ms(row.lastUsedAt),
  expiresAt: ms(row.expiresAt),
  endedAt: msOrNull(row.endedAt),
});

const openAt = (now: number) => ({
  endedAt: null,
  expiresAt: { gt: new Date(now) },
  lastUsedAt: { gt: new Date(now - IDLE_MS) },
});

/** Stores a session; the oldest open ones of a user who has too many are ended, those long over forgotten. */
export async function createSession(
  db: DatabaseOrTransaction,
  { token, now, scopes, ...draft }: SessionDraft,
): Promise<SessionRecord> {
  const { userId } = draft;
  await db.session.deleteMany({ where: { expiresAt: { lt: new Date(now - KEPT_MS) } } });
  const open = await db.session.findMany({
    where: { userId, ...openAt(now) },
    orderBy: { id: 'desc' },
    skip: MAX_OPEN - 1,
    select: { id: true },
  });
  await db.session.updateMany({
    where: { id: { in: open.map(({ id }) => id) } },
    data: { endedAt: new Date(now) },
  });
  const at = new Date(now);
  const row = await db.session.create({
    data: {
      ...draft,
      scopes: [...scopes],
      hash: hashToken(token),
      createdAt: at,
      provenAt: at,
      lastUsedAt: at,
      expiresAt: new Date(now + LIFETIME_MS),
    },
  });
  return toRecord(row);
}

/** The user of an open session. */
export interface SessionHolder extends SessionRecord {
  userId: string;
  userName: string;
  role: Role;
}

/** Returns the user of a token; null when its session, its key or its user has ended, or there is none. */
export async function findSessionHolder(
  db: DatabaseOrTransaction,
  token: string,
  now: number,
): Promise<SessionHolder | null> {
  const row = await db.session.findUnique({
    where: { hash: hashToken(token), ...openAt(now), user: { disabledAt: null } },
    include: { user: { select: { name: true, role: true } }, apiKey: true },
  });
  if (!row || (row.apiKey && !isKeyOpen(row.apiKey, now))) return null;
  if (row.lastUsedAt.getTime() < now - LAST_USED_RESOLUTION_MS) {
    await db.session.update({ where: { id: row.id }, data: { lastUsedAt: new Date(now) } });
  }
  return { ...toRecord(row), userId: row.userId, userName: row.user.name, role: row.user.role };
}

/** Returns the open sessions of a user, newest first. */
export async function listOpenSessions(
  db: DatabaseOrTransaction,
  userId: string,
  now: number,
): Promise<SessionRecord[]> {
  const rows = await db.session.findMany({
    where: { userId, ...openAt(now) },
    orderBy: { id: 'desc' },
    take: MAX_OPEN,
  });
  return rows.map(toRecord);
}

/** Ends open sessions of a user: one of them, or all but one. Returns how many ended. */
export async function endSessions(
  db: DatabaseOrTransaction,
  which: { userId: string; id?: string; except?: string },
  now: number,
): Promise<number> {
  const { userId, id, except } = which;
  const { count } = await db.session.updateMany({
    where: {
      userId,
      endedAt: null,
      ...(id !== undefined && { id }),
      ...(except !== undefined && { id: { not: except } }),
    },
    data: { endedAt: new Date(now) },
  });
  return count;
}

/** Notes that the user of a session has signed again. */
export async function proveSession(db: DatabaseOrTransaction, id: string, now: number): Promise<void> {
  await db.session.update({ where: { id }, data: { provenAt: new Date(now) } });
}
