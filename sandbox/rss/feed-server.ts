import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';

export interface FeedEntry {
  title?: string;
  description?: string;
  guid?: string;
  link?: string;
  /** Written as it is given; left out, the item has no date. */
  pubDate?: string;
}

export interface SeenRequest {
  path: string;
  headers: IncomingHttpHeaders;
  /** When it arrived, in epoch ms. */
  at: number;
}

/** Answers one request as it likes: with an error, a redirect, a body without an end. */
export type Answerer = (response: ServerResponse, request: SeenRequest) => void;

/** A server of feeds, with the habits of real ones and, on request, with their bad ones. */
export interface FeedServer {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  /** Every request so far. */
  readonly requests: readonly SeenRequest[];
  /** Publishes an RSS feed under a path, with validators: a request that names them is answered with 304. */
  publish(path: string, entries: readonly FeedEntry[], title?: string): void;
  /** Answers every request for a path in a way of the caller's own, until something else is published there. */
  answer(path: string, answerer: Answerer): void;
  /** Answers with these bytes and headers. */
  serve(path: string, body: string | Buffer, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

/** Starts a feed server on a free port of this machine, or on the given one. */
export async function startFeedServer({ port = 0 } = {}): Promise<FeedServer> {
  const answerers = new Map<string, Answerer>();
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    const seen: SeenRequest = { path: request.url ?? '/', headers: request.headers, at: Date.now() };
    requests.push(seen);
    response.on('error', () => response.destroy());
    (answerers.get(seen.path) ?? notFound)(response, seen);
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, resolve);
  });
  const taken = portOf(server);
  return {
    url: `http://127.0.0.1:${taken}`,
    port: taken,
    requests,
    publish: (path, entries, title = 'Desk') => void answerers.set(path, conditional(toRss(entries, title))),
    answer: (path, answerer) => void answerers.set(path, answerer),
    serve: (path, body, headers = {}) =>
      void answerers.set(path, (response) => response.writeHead(200, { ...RSS, ...headers }).end(body)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const RSS = { 'content-type': 'application/rss+xml; charset=utf-8' };

const notFound: Answerer = (response) => response.writeHead(404).end('not found');

function conditional(body: string): Answerer {
  const etag = `"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
  return (response, { headers }) => {
    if (headers['if-none-match'] === etag) response.writeHead(304, { etag }).end();
    else response.writeHead(200, { ...RSS, etag }).end(body);
  };
}

/** Returns an RSS 2.0 document; entries stand in the order given, as a real feed has the newest first. */
export function toRss(entries: readonly FeedEntry[], title = 'Desk'): string {
  const items = entries.map((entry) => `<item>${Object.entries(entry).map(toElement).join('')}</item>`);
  return `<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>${escaped(title)}</title>${items.join('\n')}</channel></rss>`;
}

const toElement = ([name, text]: [string, string]): string => `<${name}>${escaped(text)}</${name}>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
