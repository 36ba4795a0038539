import { parseJson } from '#process/parse-json.ts';
import { readBounded } from '#process/read-bounded.ts';
import { SourceDown } from '../errors.ts';
import { reasonOf } from '#process/reason-of.ts';
import { toSourceError } from './failure.ts';

/** Where the API is, and who asks. */
export interface XAccess {
  /** `https://api.x.com`, or a proxy that holds the token. */
  baseUrl: string;
  /** Bearer token of an app, or the secret of the proxy. */
  bearerToken: string;
}

export interface XRequest {
  method?: 'GET' | 'POST' | 'DELETE';
  path: string;
  query?: Readonly<Record<string, string>>;
  body?: object;
  signal: AbortSignal;
  /** Epoch ms. */
  now: number;
}

/** Time for one answer, in all. */
const ANSWER_WITHIN_MS = 10_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** Returns the answer to a request, read as JSON. Throws a `SourceError` for every other end. */
export async function askX(access: XAccess, request: XRequest): Promise<unknown> {
  const { response, text } = await send(access, request);
  const body = parseJson(text);
  if (!response.ok)
    throw toSourceError({ status: response.status, headers: response.headers, body, now: request.now });
  if (body === undefined) throw new SourceDown(`X answers ${response.status} with text that is no JSON`);
  return body;
}

async function send(access: XAccess, { method = 'GET', body, signal, ...request }: XRequest) {
  const whole = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]);
  try {
    const response = await fetch(addressOf(access, request), {
      method,
      headers: headersOf(access, body),
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'error',
      signal: whole,
    });
    return { response, text: await readBounded(response, MAX_BYTES) };
  } catch (error) {
    throw new SourceDown(`X cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
}

/** Returns the address of a request. */
export function addressOf({ baseUrl }: XAccess, { path, query = {} }: Pick<XRequest, 'path' | 'query'>): URL {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return url;
}

/** Returns the headers of a request. */
export const headersOf = ({ bearerToken }: XAccess, body?: object): Record<string, string> => ({
  authorization: `Bearer ${bearerToken}`,
  accept: 'application/json',
  'user-agent': 'signalman',
  ...(body && { 'content-type': 'application/json' }),
});
