import type { FastifyInstance, FastifyRequest } from 'fastify';
import { reachesRole, type Role, type Scope } from '#domain/access.ts';
import { ProblemError } from '../problem.ts';
import type { Principal } from './auth.ts';

/**
 * Whose rows a route reads and changes: `none`; `shared` ones, alike for all users; the caller's `own`; those and what
 * others have `published`; or `all`. Rows that a caller may not see are answered as rows that are not there.
 */
export type Rows = 'none' | 'shared' | 'own' | 'published' | 'all';

/** Who may call a route. */
export interface Access {
  /** `open` needs no sign-in. */
  scope: Scope | 'open';
  rows: Rows;
  /** The least role; `user` unless given. */
  role?: Role;
  /** True where the handler itself compares the owner of what the request names, for want of a statement more. */
  checksOwner?: true;
  /** True where a session needs a signature that is at most {@link PROOF_MS} old. */
  needsProof?: true;
}

/** How long a signature proves that it is the user who asks. */
export const PROOF_MS = 5 * 60_000;

/** A route with who may call it. */
export interface StatedRoute {
  method: string;
  url: string;
  access: Access;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    access?: Access;
  }
  interface FastifyInstance {
    /** Every route of the API, in the order in which they were added. */
    statedRoutes: StatedRoute[];
  }
}

/** Refuses to start with a route, registered after it, that does not state its access, and lists those that do. */
export function requireAccess(app: FastifyInstance): void {
  app.decorate('statedRoutes', []);
  app.addHook('onRoute', ({ method, url, config }) => {
    const access = config?.access;
    if (!access) throw new Error(`${String(method)} ${url} does not state who may call it`);
    for (const each of [method].flat()) {
      if (each !== 'HEAD') app.statedRoutes.push({ method: each, url, access });
    }
  });
}

/** Returns whether a request needs no sign-in: its route is open, or there is no such route. */
export const isOpen = (request: FastifyRequest): boolean => {
  const { access } = request.routeOptions.config;
  return access ? access.scope === 'open' : request.is404;
};

/** Throws `scope_missing`, `role_missing` or `proof_needed` where the caller of a route may not call it at `now`. */
export function checkAccess(request: FastifyRequest, principal: Principal, now: number): void {
  const { scopes, role } = principal;
  const { access } = request.routeOptions.config;
  if (!access || access.scope === 'open') throw new ProblemError('unauthenticated');
  if (!scopes.includes(access.scope))
    throw new ProblemError('scope_missing', `The route needs a key with the scope ${access.scope}.`);
  const needed = access.role ?? 'user';
  if (!reachesRole(role, needed))
    throw new ProblemError('role_missing', `The route is for the role ${needed}; yours is ${role}.`);
  if (access.needsProof) requireProof(principal, now);
}

/** Throws `proof_needed` for a session whose user has not signed lately. A key is held by a program, which cannot. */
export function requireProof({ session }: Principal, now: number): void {
  if (session && now - session.provenAt > PROOF_MS) throw new ProblemError('proof_needed');
}
