import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role, Scope } from '#domain/access.ts';
import type { Database } from '#prisma/client.ts';
import { findApiKeyHolder } from '#prisma/repositories/api-keys.ts';
import { findSessionHolder, isSessionToken, type SessionRecord } from '#prisma/repositories/sessions.ts';
import { ProblemError } from '../problem.ts';
import type { ApiDeps } from '../deps.ts';
import { checkAccess, isOpen } from './access.ts';
import { refuseForeignPage } from './origins.ts';
import { cookieToken } from './session-cookie.ts';
import { createSignInLimit } from './sign-in-limit.ts';

/** Who makes a request. */
export interface Principal {
  userId: string;
  /** The API key it came with, or its session was made with; null where a wallet signed in. */
  keyId: string | null;
  /** The session it came with; null for a key. */
  session: SessionRecord | null;
  /** Name in the audit log, such as `owner (key local)`. */
  name: string;
  role: Role;
  scopes: readonly Scope[];
}

/** Returns who makes the request; null when the request signs in by another way, or in no valid one. */
export type Authenticator = (request: FastifyRequest) => Promise<Principal | null>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on open routes. */
    principal: Principal | null;
  }
  interface FastifyInstance {
    /** Returns who makes a request now: null once its key or session has ended. */
    authenticate: Authenticator;
  }
}

/**
 * Lets only requests to routes that are not open through that one of the authenticators knows and that may call their
 * route; an address that fails too often is made to wait. Those whom `inside` knows are vouched for by a door of this
 * process: they guess nothing, and are not counted.
 */
export function requireSignIn(
  app: FastifyInstance,
  {
    now,
    inside = [],
    authenticators,
  }: {
    now: () => number;
    inside?: readonly Authenticator[] | undefined;
    authenticators: readonly Authenticator[];
  },
): void {
  app.decorateRequest('principal', null);
  app.decorate('authenticate', (request) => firstPrincipal([...inside, ...authenticators], request));
  const limit = createSignInLimit();
  app.addHook('onRequest', async (request) => {
    if (isOpen(request)) return;
    request.principal = await firstPrincipal(inside, request);
    if (request.principal) return checkAccess(request, request.principal, now());
    const attempt = { address: request.ip, credential: credentialOf(request) };
    const end = limit.begin(attempt);
    try {
      request.principal = await firstPrincipal(authenticators, request);
      // One wrong key that is sent many times at once fails as often as if it came one after the other.
      limit.check(attempt);
      if (!request.principal) limit.failed(attempt);
    } finally {
      end();
    }
    if (!request.principal) throw new ProblemError('unauthenticated');
    limit.succeeded(attempt);
    checkAccess(request, request.principal, now());
  });
}

const credentialOf = (request: FastifyRequest): string =>
  request.headers.authorization ?? cookieToken(request) ?? '';

async function firstPrincipal(authenticators: readonly Authenticator[], request: FastifyRequest) {
  for (const authenticate of authenticators) {
    const principal = await authenticate(request);
    if (principal) return principal;
  }
  return null;
}

/** `Authorization: Bearer <key>`, looked up by its hash; a key that is revoked or has expired stops with the next request. */
export const bearerKey =
  (db: Database): Authenticator =>
  async ({ headers }) => {
    const key = bearerOf(headers.authorization ?? '');
    const holder = key === null || isSessionToken(key) ? null : await findApiKeyHolder(db, key);
    return (
      holder && {
        userId: holder.userId,
        keyId: holder.keyId,
        session: null,
        name: `${holder.userName} (key ${holder.keyName})`,
        role: holder.role,
        scopes: holder.scopes,
      }
    );
  };

/**
 * A session, by its token as a bearer or in a cookie, where a key is no bearer. Throws `origin_refused` for a change by
 * cookie from a page that is none of ours.
 */
export const openSession =
  ({ db, now, signIn }: Pick<ApiDeps, 'db' | 'now' | 'signIn'>): Authenticator =>
  async (request) => {
    const { authorization } = request.headers;
    const token = authorization === undefined ? cookieToken(request) : bearerOf(authorization);
    if (token === null || !isSessionToken(token)) return null;
    const holder = await findSessionHolder(db, token, now());
    if (!holder) return null;
    if (authorization === undefined) refuseForeignPage(request, signIn);
    const { userId, userName, role, ...session } = holder;
    const { scopes, apiKeyId: keyId } = session;
    return { userId, keyId, session, name: `${userName} (session ${session.client})`, role, scopes };
  };

const bearerOf = (authorization: string): string | null =>
  /^Bearer ([\w-]{20,200})$/i.exec(authorization)?.[1] ?? null;

/**
 * Returns the user whose rows alone a request may touch, as a part of a filter; nothing for an admin who came with the
 * scope `admin`, whose rows are all.
 */
export function ownRows(request: FastifyRequest): { ofUser?: string } {
  const { userId, role, scopes } = principalOf(request);
  return role === 'admin' && scopes.includes('admin') ? {} : { ofUser: userId };
}

/** Throws `role_missing` where the caller may touch own rows alone: what the request asks for concerns everybody. */
export function requireAllRows(request: FastifyRequest): void {
  if (ownRows(request).ofUser !== undefined)
    throw new ProblemError('role_missing', 'That concerns everybody: it takes the role and the scope admin.');
}

/** Returns who makes the request, on routes that need a sign-in. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new ProblemError('unauthenticated');
  return request.principal;
}
