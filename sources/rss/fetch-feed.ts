import { Agent as HttpAgent, request as httpRequest, type IncomingMessage as Answer } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { createGunzip } from 'node:zlib';
import { SourceBlocked, SourceBusy, SourceDown } from '../errors.ts';
import { openLookup, PrivateAddressError, type IsOpen } from '#process/public-address.ts';
import { retryTime } from '#process/retry-time.ts';

/** What identifies the version of a feed that was read last. */
export interface Validators {
  etag?: string;
  lastModified?: string;
}

export interface FeedRequest {
  url: string;
  validators: Validators;
  /** Epoch ms. */
  now: number;
  signal: AbortSignal;
}

export interface FetchOptions {
  /** The addresses that may be connected to; checked at each redirect. */
  isOpen: IsOpen;
  /** False where feeds come from ports 80 and 443 only. */
  anyPort: boolean;
  /** For the whole exchange, redirects and body included. */
  timeoutMs: number;
}

export interface FetchedFeed {
  /** Where the feed is for good: the address asked for, with lasting redirects followed. */
  url: string;
  /** Null when nothing has changed. */
  body: Buffer | null;
  contentType: string;
  validators: Validators;
  /** How long the answer counts as fresh, in ms; 0 when it does not say. */
  freshForMs: number;
}

const MAX_BODY_BYTES = 2 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const LASTING_REDIRECTS = [301, 308];
const REDIRECTS = [...LASTING_REDIRECTS, 302, 303, 307];
const ACCEPT = 'application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.8, */*;q=0.1';
const MAX_VALIDATOR_LENGTH = 500;

/**
 * Asks for a feed, once: the answer is the feed, or that it has not changed. Follows up to five redirects, never from
 * https to http, and reads up to 2 MiB.
 *
 * @throws `SourceBlocked` where the feed is gone for good, `SourceBusy` with the time the server names, `SourceDown` for
 * everything else.
 */
export async function fetchFeed(asked: FeedRequest, options: FetchOptions): Promise<FetchedFeed> {
  const signal = AbortSignal.any([asked.signal, AbortSignal.timeout(options.timeoutMs)]);
  try {
    return await follow({ ...asked, signal }, options);
  } catch (error) {
    if (error instanceof SourceDown || error instanceof SourceBusy || error instanceof SourceBlocked)
      throw error;
    if (signal.aborted) throw new SourceDown(`${hostOf(asked.url)} did not send the feed in time`);
    throw new SourceDown(`${hostOf(asked.url)} cannot be read: ${textOf(error)}`, { cause: error });
  }
}

const hostOf = (url: string): string => new URL(url).host;
const textOf = (error: unknown): string => {
  // Several addresses of a host that all fail come as one error without a text of its own.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  return first instanceof Error ? first.message : String(first);
};

async function follow(asked: FeedRequest, options: FetchOptions): Promise<FetchedFeed> {
  let { url } = asked;
  let lastingUrl: string | null = asked.url;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await send(new URL(url), asked, options);
    const status = answer.statusCode ?? 0;
    if (!REDIRECTS.includes(status)) return readAnswer(answer, { ...asked, url: lastingUrl ?? asked.url });
    answer.destroy();
    url = redirectTarget(url, answer.headers.location);
    lastingUrl = lastingUrl !== null && LASTING_REDIRECTS.includes(status) ? url : null;
  }
  throw new SourceDown(`${hostOf(asked.url)} redirects more than ${MAX_REDIRECTS} times`);
}

function redirectTarget(from: string, location: string | undefined): string {
  const target = location === undefined ? null : URL.parse(location, from);
  if (!target || !/^https?:$/.test(target.protocol))
    throw new SourceDown(`${hostOf(from)} redirects to nowhere`);
  if (from.startsWith('https:') && target.protocol === 'http:')
    throw new SourceDown(`${hostOf(from)} redirects from https to http, where anybody can change the feed`);
  return target.href;
}

function send(url: URL, { validators, signal }: FeedRequest, options: FetchOptions): Promise<Answer> {
  refuseClosed(url, options);
  const isTls = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const sent = (isTls ? httpsRequest : httpRequest)(
      url,
      {
        // Of its own, so that no setting of the process sends it through a proxy that does not check addresses.
        agent: isTls ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
        lookup: openLookup(options.isOpen),
        headers: {
          accept: ACCEPT,
          'accept-encoding': 'gzip',
          'user-agent': 'signalman (feed reader)',
          ...(validators.etag !== undefined && { 'if-none-match': validators.etag }),
          ...(validators.lastModified !== undefined && { 'if-modified-since': validators.lastModified }),
        },
        signal,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end();
  });
}

/** An address in the URL itself is looked up by nobody, so it is checked here. */
function refuseClosed({ hostname, port }: URL, { isOpen, anyPort }: FetchOptions): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isOpen(host)) throw new PrivateAddressError(host);
  if (port !== '' && !anyPort) throw new SourceDown(`feeds are read from ports 80 and 443 only, not ${port}`);
}

async function readAnswer(answer: Answer, { url, now }: FeedRequest): Promise<FetchedFeed> {
  const status = answer.statusCode ?? 0;
  if (status === 304) {
    answer.destroy();
    return { ...describe(answer, url), body: null };
  }
  if (status !== 200) {
    answer.destroy();
    throw statusError(answer, url, now);
  }
  return { ...describe(answer, url), body: await readBody(answer, url) };
}

function statusError({ statusCode = 0, headers }: Answer, url: string, now: number): Error {
  const text = `${hostOf(url)} answers with status ${statusCode}`;
  if (statusCode === 410) return new SourceBlocked('source_gone', `${text}: the feed is gone for good`);
  const retryAt = retryTime(headers['retry-after'], now);
  return retryAt === null ? new SourceDown(text) : new SourceBusy(text, retryAt);
}

const describe = ({ headers }: Answer, url: string): Omit<FetchedFeed, 'body'> => ({
  url,
  contentType: headers['content-type'] ?? '',
  validators: {
    ...(isShort(headers.etag) && { etag: headers.etag }),
    ...(isShort(headers['last-modified']) && { lastModified: headers['last-modified'] }),
  },
  freshForMs: Math.max(0, maxAgeOf(headers['cache-control']) - (Number(headers.age) || 0)) * 1000,
});

/** In seconds. */
const maxAgeOf = (cacheControl = ''): number => Number(/\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1] ?? 0);

const isShort = (header: string | undefined): header is string =>
  header !== undefined && header.length <= MAX_VALIDATOR_LENGTH;

/** Reads a body up to the limit, which counts for what was sent and for what it unpacks to. */
async function readBody(answer: Answer, url: string): Promise<Buffer> {
  const encoding = (answer.headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip') {
    answer.destroy();
    throw new SourceDown(`${hostOf(url)} sends the feed packed as ${encoding}`);
  }
  const unpacked = encoding === 'gzip' ? answer.pipe(createGunzip()) : answer;
  if (unpacked !== answer) answer.on('error', (error) => unpacked.destroy(error));
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of unpacked as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES)
        throw new SourceDown(`the feed of ${hostOf(url)} is larger than ${MAX_BODY_BYTES} bytes`);
      chunks.push(chunk);
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks);
}
