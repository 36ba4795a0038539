import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Where the built web interface is. */
export const WEB_DIST = fileURLToPath(new URL('../../web/dist', import.meta.url));

const YEAR_S = 31_536_000;
/** Files that are not pages, by the end of their names. */
const FILE = /\.\w{2,5}$/;

/** Says in a page that the interface has not been built. */
const NOT_BUILT = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Signalman</title>
<p>The web interface is not built yet. It is built at the start of the system; reload in a moment.
<p>If this stays, see the log of the start, or run <code>npm run build:web</code>.`;

/**
 * Serves the built web interface at every path that no route has: files as they are, and the page of the interface to
 * browsers that ask for anything else. Files are looked for at each request, so that a build that ends later is found.
 * Returns the handler for what no route has; it returns false where the caller is not a browser that asks for a page.
 */
export async function serveWeb(app: FastifyInstance, root: string = WEB_DIST): Promise<WebHandler> {
  await app.register(fastifyStatic, { root, serve: false, cacheControl: false, preCompressed: true });
  return (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const path = request.url.split('?', 1)[0] ?? '/';
    if (FILE.test(path)) return hasFile(root, path) && sendFile(reply, path);
    if (!request.headers.accept?.includes('text/html')) return false;
    return sendPage(reply, root);
  };
}

/** Answers where it can, and says whether it did. */
export type WebHandler = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** Returns whether a path names a file below the root; what lies beside it is not told apart from nothing. */
function hasFile(root: string, path: string): boolean {
  const file = join(root, path);
  return file.startsWith(root + sep) && existsSync(file);
}

function sendFile(reply: FastifyReply, path: string): true {
  // The name of a built file changes with its content.
  const isHashed = path.startsWith('/assets/');
  void reply
    .header('cache-control', isHashed ? `public, max-age=${YEAR_S}, immutable` : 'no-cache')
    .sendFile(path.slice(1));
  return true;
}

function sendPage(reply: FastifyReply, root: string): true {
  void reply.header('cache-control', 'no-cache');
  if (existsSync(join(root, 'index.html'))) void reply.sendFile('index.html');
  else void reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT);
  return true;
}
