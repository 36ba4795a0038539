import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress, openLookup, PrivateAddressError } from '#process/public-address.ts';
import { reasonOf } from '#process/reason-of.ts';
import { retryTime } from '#process/retry-time.ts';
import { ChannelBusy, ChannelDown } from './errors.ts';

/** How a channel is written to over HTTP. */
export interface PostOptions {
  /** True where addresses may also be in private networks: for tests and one's own machine. */
  allowPrivate: boolean;
  /** For the whole exchange, in ms. */
  timeoutMs: number;
}

export interface PostRequest {
  url: string;
  headers?: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
}

export interface PostAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  text: string;
}

const MAX_ANSWER_BYTES = 64 * 1024;

/**
 * Posts JSON, once, to a public host: the address is checked where it is connected to, and no redirect is followed.
 * Throws `ChannelDown`, whose text names the host only: the rest of an address may be a secret.
 */
export async function post(request: PostRequest, options: PostOptions): Promise<PostAnswer> {
  const url = new URL(request.url);
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([request.signal, timeout]);
  try {
    const answer = await send(url, { ...request, signal }, options);
    return { status: answer.statusCode ?? 0, headers: answer.headers, text: await readText(answer) };
  } catch (error) {
    if (timeout.aborted)
      throw new ChannelDown(`${url.host} did not answer within ${options.timeoutMs / 1_000} s`);
    throw new ChannelDown(`${url.host} cannot be reached: ${reasonOf(error)}`);
  }
}

function send(url: URL, { headers, body, signal }: PostRequest, { allowPrivate }: PostOptions) {
  const isOpen = allowPrivate ? () => true : isPublicAddress;
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // An address in the URL itself is looked up by nobody.
  if (isIP(host) !== 0 && !isOpen(host)) throw new PrivateAddressError(host);
  const isTls = url.protocol === 'https:';
  return new Promise<IncomingMessage>((resolve, reject) => {
    const sent = (isTls ? httpsRequest : httpRequest)(
      url,
      {
        method: 'POST',
        // Of its own, so that no setting of the process sends it through a proxy that does not check addresses.
        agent: isTls ? new HttpsAgent({ keepAlive: false }) : new HttpAgent({ keepAlive: false }),
        lookup: openLookup(isOpen),
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'signalman (notifications)',
          ...headers,
        },
        signal,
      },
      resolve,
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Returns the first 64 KiB of an answer; nobody reads more. */
async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) break;
    }
  } finally {
    answer.destroy();
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}

/** A channel that says when to come again is left alone until then; any other failure is one to try again. */
export function failureOf(
  host: string,
  { status, headers }: PostAnswer,
  now: number,
): ChannelBusy | ChannelDown {
  const text = `${host} answers with status ${status}`;
  const retryAt = retryTime(headers['retry-after'], now);
  if (status === 429 || (status === 503 && retryAt !== null))
    return new ChannelBusy(text, retryAt ?? now + 60_000);
  if (status >= 300 && status < 400) return new ChannelDown(`${text}: redirects are not followed`);
  return new ChannelDown(text);
}
