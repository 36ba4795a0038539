import type { FastifyRequest } from 'fastify';
import { isLoopback, type SignInConfig } from '#config/sign-in.ts';
import { ProblemError } from '../problem.ts';

/** Returns the origin of a host that names this machine; null for any other. */
export function loopbackOrigin(host: string): string | null {
  const own = URL.parse(`http://${host}`);
  return own && isLoopback(own) ? own.origin : null;
}

type Addressed = Pick<FastifyRequest, 'host' | 'headers'>;

/**
 * Returns the origin that a request comes from: for a browser the one of its page, for a program the first configured
 * one or that of the API itself. Null for a page that is none of ours. The name a request gives as its host counts only
 * where it names this machine, since any other may be a stranger's name for our address.
 */
export function findOrigin({ host, headers }: Addressed, { origins }: SignInConfig): string | null {
  const ownOrigin = loopbackOrigin(host);
  const given = headers.origin;
  if (given === undefined) return origins[0] ?? ownOrigin;
  return given === ownOrigin || origins.includes(given) ? given : null;
}

/** Returns the origin that a request comes from. Throws `origin_refused`. */
export function originOf(request: Addressed, signIn: SignInConfig): string {
  const origin = findOrigin(request, signIn);
  if (origin !== null) return origin;
  const given = request.headers.origin ?? request.host;
  throw new ProblemError('origin_refused', `${given} is none of the origins of this API.`);
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Throws `origin_refused` for a change that a browser asks for by cookie from a page that is none of ours. */
export function refuseForeignPage(request: FastifyRequest, signIn: SignInConfig): void {
  if (SAFE_METHODS.has(request.method)) return;
  if (request.headers.origin === undefined)
    throw new ProblemError('origin_refused', 'A change by cookie needs the header Origin.');
  originOf(request, signIn);
}
