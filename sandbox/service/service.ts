import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { closeServer, listen } from '../listen.ts';
import { readBody } from '../read-json.ts';
import { ServiceFaults, type ServiceFault } from './faults.ts';

/** A request to a stand-in. */
export interface ServiceRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** An answer: text is sent as it is, all else as JSON. A stream answers with status 200 and keeps the connection. */
export type ServiceAnswer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: unknown }
  | { readonly stream: (response: ServerResponse) => void };

export interface ServiceOptions {
  readonly port?: number;
  readonly host?: string;
  /** Answers every request that no fault hits. */
  answer: (request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>;
}

/** A running stand-in. */
export interface Service {
  /** `http://HOST:PORT`. */
  readonly url: string;
  readonly faults: ServiceFaults;
  /** Requests so far, as `GET /path?query`, oldest first; at most the last 1,000. */
  readonly requests: readonly string[];
  /** Stops listening and cuts every connection. */
  close(): Promise<void>;
}

const KEPT_REQUESTS = 1_000;

/** Starts a stand-in for an HTTP service; it fails requests as its faults say. Rejects if the port is taken. */
export async function startService({
  port = 0,
  host = '127.0.0.1',
  answer,
}: ServiceOptions): Promise<Service> {
  const faults = new ServiceFaults();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://stand-in');
    requests.push(`${request.method} ${url.pathname}${url.search}`);
    if (requests.length > KEPT_REQUESTS) requests.shift();
    serve({ request, response, url, fault: faults.take(url.pathname), answer }).catch(() =>
      response.destroy(),
    );
  });
  const url = await listen(server, { port, host });
  return { url, faults, requests, close: () => closeServer(server) };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  fault: ServiceFault | undefined;
  answer: ServiceOptions['answer'];
}

async function serve({ request, response, url, fault, answer }: Exchange): Promise<void> {
  if (fault?.kind === 'cut') return void response.destroy();
  const body = await readBody(request);
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'answer') return write(response, fault);
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const { method = 'GET', headers } = request;
  const answered = await answer({ method, url, headers, body, signal: gone.signal });
  if (fault?.kind === 'loseAnswer') return void response.destroy();
  if ('stream' in answered) return answered.stream(response);
  if (fault?.kind === 'halfAnswer') return writeHalf(response, answered);
  write(response, answered);
}

type Written = Pick<Extract<ServiceFault, { kind: 'answer' }>, 'status' | 'headers' | 'body'>;

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body ?? {}));

const typeOf = (body: unknown): string => {
  if (typeof body !== 'string') return 'application/json; charset=utf-8';
  return body.startsWith('<') ? 'text/html' : 'text/plain';
};

function write(response: ServerResponse, { status, headers, body }: Written): void {
  response.writeHead(status, { 'content-type': typeOf(body), ...headers });
  response.end(textOf(body));
}

/** Announces the whole answer, sends the first half of it and cuts the connection. */
function writeHalf(response: ServerResponse, { status, headers, body }: Written): void {
  const bytes = Buffer.from(textOf(body));
  response.writeHead(status, {
    'content-type': typeOf(body),
    'content-length': bytes.length,
    ...headers,
  });
  response.write(bytes.subarray(0, bytes.length / 2), () => response.destroy());
}
