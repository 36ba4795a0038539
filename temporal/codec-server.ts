import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import type { PayloadCodec } from '@temporalio/common';
import { z } from 'zod';

/** Opens payloads for Temporal's Web UI and command line. */
export interface RunningCodec {
  readonly url: string;
  close(): Promise<void>;
}

export interface CodecServerOptions {
  readonly codec: PayloadCodec;
  /** 0 for any free one. */
  readonly port: number;
}

/** Temporal gives a payload at most 2 MB; a page of a history has many. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;

const base64 = z.string();
const body = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    .max(10_000),
});

/**
 * Serves `POST /decode` on loopback, to programs and to pages of this machine, and nothing else: it seals nothing. Whoever
 * can call it reads what trades are, so it is to be reached by nobody else.
 * Protocol: docs.temporal.io/codec-server.
 */
export async function startCodecServer({ codec, port }: CodecServerOptions): Promise<RunningCodec> {
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
    answer(codec, request, response).catch((error: unknown) => {
      send(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => closeServer(server) };
}

async function answer(
  codec: PayloadCodec,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { origin, host } = request.headers;
  if (!isLocal(`http://${host}`) || (origin !== undefined && !isLocal(origin)))
    return send(response, 403, { error: 'only pages and programs of this machine are answered' });
  if (origin !== undefined) allow(response, origin);
  if (request.method === 'OPTIONS') return send(response, 204, null);
  if (request.method !== 'POST' || new URL(request.url ?? '/', 'http://localhost').pathname !== '/decode')
    return send(response, 404, { error: 'there is POST /decode' });
  if (Number(request.headers['content-length'] ?? Infinity) > MAX_BODY_BYTES)
    return send(response, 413, { error: `give at most ${MAX_BODY_BYTES} bytes` });
  const { payloads } = body.parse(await json(request));
  const opened = await codec.decode(
    payloads.map(({ metadata = {}, data = '' }) => ({
      metadata: mapped(metadata, fromBase64),
      data: fromBase64(data),
    })),
  );
  const written = opened.map(({ metadata, data }) => ({
    metadata: mapped(metadata ?? {}, toBase64),
    data: toBase64(data ?? new Uint8Array()),
  }));
  send(response, 200, { payloads: written });
}

const mapped = <From, To>(record: Record<string, From>, to: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
const fromBase64 = (text: string): Uint8Array => Buffer.from(text, 'base64');
const toBase64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Names of other machines may lead here too: a page of theirs must not read through the browser of this one. */
function isLocal(address: string): boolean {
  return URL.canParse(address) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
}

function allow(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
  response.setHeader('access-control-allow-headers', 'content-type, x-namespace, authorization');
  response.setHeader('access-control-allow-credentials', 'true');
  response.setHeader('vary', 'origin');
}

function send(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(content === null ? undefined : JSON.stringify(content));
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the codec server listens on no port');
  return address.port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
