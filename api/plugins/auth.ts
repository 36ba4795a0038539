import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role, Scope } from '#domain/access.ts';
import type { Database } from '#prisma/client.ts';
import { findApiKeyHolder } from '#prisma/repositories/api-keys.ts';
import { ProblemError } from '../problem.ts';
import { checkAccess, isOpen } from './access.ts';
import { createSignInLimit } from './sign-in-limit.ts';

/** Who makes a request. */
export interface Principal {
  userId: string;
  /** The API key it came with. */
  keyId: string;
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
}

/**
 * Lets only requests to routes that are not open through that one of the authenticators knows and that may call their
 * route; an address that fails too often is made to wait.
 */
export function requireSignIn(app: FastifyInstance, authenticators: readonly Authenticator[]): void {
  app.decorateRequest('principal', null);
  const limit = createSignInLimit();
  app.addHook('onRequest', async (request) => {
    if (isOpen(request)) return;
    const attempt = { address: request.ip, credential: request.headers.authorization ?? '' };
    limit.check(attempt);
    const principal = await firstPrincipal(authenticators, request);
    // Requests that come at once fail as often as if they came one after the other.
    limit.check(attempt);
    request.principal = principal;
    if (principal) return checkAccess(request, principal);
    limit.failed(attempt);
    throw new ProblemError('unauthenticated');
  });
}

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
    const [, key] = /^Bearer ([\w-]{20,200})$/i.exec(headers.authorization ?? '') ?? [];
    const holder = key === undefined ? null : await findApiKeyHolder(db, key);
    return (
      holder && {
        userId: holder.userId,
        keyId: holder.keyId,
        name: `${holder.userName} (key ${holder.keyName})`,
        role: holder.role,
        scopes: holder.scopes,
      }
    );
  };

/** Returns who makes the request, on routes that need a sign-in. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new ProblemError('unauthenticated');
  return request.principal;
}
