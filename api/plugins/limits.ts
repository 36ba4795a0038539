import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../problem.ts';

export const DEFAULT_REQUESTS_PER_MINUTE = 3_000;
/** Callers remembered at a time; the least recent is forgotten first. */
const REMEMBERED_CALLERS = 5_000;

/** Bounds what one caller can ask for, and sets the usual protective headers. */
export async function limitCallers(app: FastifyInstance, requestsPerMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: requestsPerMinute,
    timeWindow: 60_000,
    cache: REMEMBERED_CALLERS,
    errorResponseBuilder: (_request, context) =>
      new ProblemError('rate_limited', `At most ${context.max} requests a minute; wait ${context.after}.`),
  });
  await app.register(helmet, {
    // The API is served over plain HTTP on loopback; a proxy in front of it speaks TLS and sets this.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      directives: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'"],
        fontSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        scriptSrc: ["'self'"],
        // Charts and dialogs place themselves by inline styles.
        styleSrc: ["'self'", "'unsafe-inline'"],
        upgradeInsecureRequests: null,
      },
    },
  });
}
