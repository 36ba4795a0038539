import type { FastifyReply, FastifyRequest } from 'fastify';
import { LIFETIME_MS } from '#prisma/repositories/sessions.ts';
import { loopbackOrigin } from './origins.ts';

/** Browsers accept it only over TLS, for this host alone and all of its paths. */
const SECURE_NAME = '__Host-signalman';
/** On loopback there is no TLS. */
const LOOPBACK_NAME = 'signalman';

/** Returns the token in the cookie of a request; null without one. The plain name counts on loopback only. */
export function cookieToken({ headers, host }: Pick<FastifyRequest, 'headers' | 'host'>): string | null {
  const secure = readCookie(headers.cookie, SECURE_NAME);
  if (secure !== null) return secure;
  return loopbackOrigin(host) === null ? null : readCookie(headers.cookie, LOOPBACK_NAME);
}

const readCookie = (header: string | undefined, name: string): string | null =>
  (header ?? '')
    .split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1) ?? null;

/** Has the browser of an origin keep the token of a session until it ends. */
export const setCookie = (reply: FastifyReply, origin: string, token: string): FastifyReply =>
  reply.header('set-cookie', cookie(origin, token, LIFETIME_MS / 1_000));

/** Has the browser of an origin forget its session. */
export const clearCookie = (reply: FastifyReply, origin: string): FastifyReply =>
  reply.header('set-cookie', cookie(origin, '', 0));

function cookie(origin: string, value: string, maxAgeS: number): string {
  const isSecure = origin.startsWith('https:');
  const name = isSecure ? SECURE_NAME : LOOPBACK_NAME;
  return `${name}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}
