import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isSameSecret } from '#process/is-same-secret.ts';
import { reasonOf } from '#process/reason-of.ts';
import { addressOf, headersOf, type XAccess } from '../api.ts';
import { allowedPath, requestAddress } from './allowed-paths.ts';
import { SpentLimits } from './spent-limits.ts';

export interface XProxyOptions {
  /** X, with its token. */
  upstream: XAccess;
  /** What workers send as their bearer token. */
  secret: string;
  port: number;
  host: string;
  /** Receives a line for each request: method, path and status, never a token. */
  log: (line: string) => void;
}

export interface XProxy {
  /** `http://HOST:PORT`, the `X_API_BASE_URL` of workers. */
  url: string;
  close(): Promise<void>;
}

/** Time for one answer of X, in all; a stream has it for its beginning. */
const ANSWER_WITHIN_MS = 15_000;
const MAX_BODY_BYTES = 16 * 1024;
/** Time for the request of a worker. */
const REQUEST_WITHIN_MS = 5_000;
const PASSED_HEADERS = /^(content-type|x-rate-limit-.*|x-(app|user)-limit-.*)$/;

/**
 * Starts a proxy that holds the token of X, so that no worker has it: it lets through what reading posts needs and
 * nothing else, and asks X nothing while a limit is used up. Rejects if the port is taken.
 */
export async function startXProxy(options: XProxyOptions): Promise<XProxy> {
  const limits = new SpentLimits();
  const server = createServer({ requestTimeout: REQUEST_WITHIN_MS }, (request, response) => {
    serve(options, limits, request, response)
      .catch((error: unknown) => fail(response, 502, `X cannot be reached: ${reasonOf(error)}`))
      .finally(() => options.log(lineOf(request, response)));
  });
  return { url: await listen(server, options), close: () => close(server) };
}

const lineOf = ({ method, url }: IncomingMessage, { statusCode }: ServerResponse): string =>
  `${method} ${url?.split('?')[0]} ${statusCode}`;

async function serve(
  { upstream, secret }: XProxyOptions,
  limits: SpentLimits,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isSecret(request.headers.authorization, secret)) return fail(response, 401, 'Unauthorized');
  const url = requestAddress(request.url ?? '/');
  const allowed = allowedPath(request.method ?? '', url);
  if (!allowed) return fail(response, 403, 'this proxy does not let that through');
  const until = limits.until(allowed.name, Date.now());
  if (until !== null) return refuseUntil(response, until);
  const body = await readBody(request);
  if (body === null) return fail(response, 413, 'the body is too large');
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const answerBy = setTimeout(() => gone.abort(), ANSWER_WITHIN_MS);
  try {
    const answered = await fetch(addressOf(upstream, { path: `${url.pathname}${url.search}` }), {
      method: allowed.method,
      headers: headersOf(upstream, body === '' ? undefined : {}),
      ...(body !== '' && { body }),
      redirect: 'error',
      signal: gone.signal,
    });
    limits.note(allowed.name, answered.headers);
    if (allowed.isStream && answered.ok) clearTimeout(answerBy);
    await pass(answered, response);
  } finally {
    clearTimeout(answerBy);
  }
}

const isSecret = (header: string | undefined, secret: string): boolean =>
  isSameSecret(header ?? '', `Bearer ${secret}`);

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function pass(answered: Response, response: ServerResponse): Promise<void> {
  const headers = [...answered.headers].filter(([name]) => PASSED_HEADERS.test(name));
  response.writeHead(answered.status, Object.fromEntries(headers));
  if (!answered.body) return void response.end();
  response.flushHeaders();
  // A worker that has gone, or a stream that X cuts, ends the other side too.
  await pipeline(Readable.fromWeb(answered.body), response).catch(() => response.destroy());
}

function refuseUntil(response: ServerResponse, until: number): void {
  response.setHeader('x-rate-limit-remaining', '0');
  response.setHeader('x-rate-limit-reset', String(Math.ceil(until / 1_000)));
  fail(response, 429, 'the limit of X is used up');
}

/** Answers with a problem in the shape that X gives its own. */
function fail(response: ServerResponse, status: number, detail: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title: 'x-proxy', status, detail }));
}

function listen(server: Server, { port, host }: Pick<XProxyOptions, 'port' | 'host'>): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      resolve(`http://${host}:${typeof address === 'object' && address ? address.port : port}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
