import type { FastifyInstance } from 'fastify';
import { ProblemError } from '../problem.ts';

/**
 * Answers 405 with `Allow` (RFC 9110, section 15.5.6) where a path is known and not with that method. Before the body is
 * read: Fastify answers the method QUERY without a content type with an error of its own.
 */
export function refuseOtherMethods(app: FastifyInstance): void {
  let paths: { pattern: RegExp; method: string; url: string }[] = [];
  let fixed = new Set<string>();
  app.addHook('onReady', async () => {
    paths = app.statedRoutes.map(({ method, url }) => ({ method, url, pattern: patternOf(url) }));
    fixed = new Set(app.statedRoutes.map(({ url }) => url).filter((url) => !url.includes(':')));
  });
  app.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/';
    // Of /signals/preview, which takes POST, a GET is none of the signal whose id is "preview".
    const isOther = fixed.has(path) && request.routeOptions.url !== path;
    if (!request.is404 && !isOther) return;
    const known = paths
      .filter(({ pattern, url }) => (isOther ? url === path : pattern.test(path)))
      .map(({ method }) => method);
    if (known.length > 0) {
      const allowed = [...new Set(known.includes('GET') ? [...known, 'HEAD'] : known)].sort().join(', ');
      void reply.header('allow', allowed);
      throw new ProblemError('method_not_allowed', `${path} takes ${allowed}.`);
    }
    if (request.method === 'QUERY') throw new ProblemError('route_not_found', `QUERY ${path}`);
  });
}

/** Returns what matches the paths of a route: a parameter is one part of a path. */
const patternOf = (url: string): RegExp => new RegExp(`^${url.replace(/:\w+/g, '[^/]+')}$`);
