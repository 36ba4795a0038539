import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Authenticator, Principal } from './auth.ts';

/** An answer to a call from inside the process. */
export interface InsideAnswer {
  status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- the caller knows the route
  body: any;
}

/**
 * Lets other doors of this process call routes for a person whom they know, under the checks of every caller. A call
 * signs in by a word that is drawn for it, is known to this process only, and is used once.
 */
export interface InsideCallers {
  authenticator: Authenticator;
  call(
    app: FastifyInstance,
    principal: Principal,
    request: { method: 'GET' | 'POST'; url: string; body?: object },
  ): Promise<InsideAnswer>;
}

const WORD_BYTES = 32;

export function createInsideCallers(): InsideCallers {
  const waiting = new Map<string, Principal>();
  return {
    async authenticator({ headers }) {
      const word = headers.authorization ?? '';
      const principal = waiting.get(word) ?? null;
      waiting.delete(word);
      return principal;
    },
    async call(app, principal, { method, url, body }) {
      const word = `Inside ${randomBytes(WORD_BYTES).toString('base64url')}`;
      waiting.set(word, principal);
      try {
        const answer = await app.inject({
          method,
          url,
          headers: { authorization: word },
          ...(body && { body }),
        });
        return { status: answer.statusCode, body: answer.json() };
      } finally {
        waiting.delete(word);
      }
    },
  };
}
