import { apiPath } from './api-path.ts';
import type { FieldError, Problem } from './problem.ts';

type Query = Record<string, string | number | undefined>;

/** A request that the API did not do, in one line for a person. */
export class ApiRequestError extends Error {
  override readonly name = 'ApiRequestError';
  /** The code of the problem; null where no API answered. */
  readonly code: string | null;
  /** The fields that are wrong; empty unless the API could not read the request. */
  readonly fields: readonly FieldError[];

  constructor(message: string, { code = null, fields = [] }: Partial<RefusedRequest> = {}) {
    super(message);
    this.code = code;
    this.fields = fields;
  }

  /** True when the request itself is wrong: sending it again cannot help. */
  get isMalformed(): boolean {
    return this.code === 'validation_failed';
  }
}

interface RefusedRequest {
  code: string | null;
  fields: readonly FieldError[];
}

/**
 * The API as commands and the demo use it; paths are without the prefix. Each method throws {@link ApiRequestError}.
 */
export interface ApiClient {
  readonly url: string;
  get<Answer>(path: string, query?: Query): Promise<Answer>;
  post<Answer>(path: string, body?: object): Promise<Answer>;
  /** `version` goes into `If-Match`. */
  patch<Answer>(path: string, body: object, version?: number): Promise<Answer>;
  delete<Answer>(path: string): Promise<Answer>;
  /** Returns the text of an answer as it comes in, in pieces. */
  download(path: string, query?: Query): Promise<AsyncIterable<Uint8Array>>;
  /** Walks the pages of a list until `limit` items are there or the list ends. */
  list<Item>(path: string, limit: number, query?: Query): Promise<Item[]>;
}

export interface ApiClientOptions {
  url: string;
  key: string | null;
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 45_000;
const PAGE = 100;

export function createApiClient(options: ApiClientOptions): ApiClient {
  const get = <Answer>(path: string, query: Query = {}): Promise<Answer> =>
    request<Answer>(options, 'GET', `${path}${toQuery(query)}`);
  return {
    url: options.url,
    get,
    post: (path, body = {}) => request(options, 'POST', path, body),
    patch: (path, body, version) => request(options, 'PATCH', path, body, version),
    delete: (path) => request(options, 'DELETE', path),
    download: (path, query = {}) => download(options, `${path}${toQuery(query)}`),
    async list<Item>(path: string, limit: number, query: Query = {}) {
      const items: Item[] = [];
      let cursor: string | null | undefined;
      do {
        const page: { items: Item[]; nextCursor: string | null } = await get(path, {
          ...query,
          limit: Math.min(PAGE, limit - items.length),
          cursor: cursor ?? undefined,
        });
        items.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null && items.length < limit);
      return items;
    },
  };
}

const DOWNLOAD_TIMEOUT_MS = 3_600_000;

async function download({ url, key }: ApiClientOptions, path: string): Promise<AsyncIterable<Uint8Array>> {
  const response = await send(url, path, {
    headers: key === null ? {} : { authorization: `Bearer ${key}` },
    signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS),
  });
  if (response.ok && response.body) return response.body;
  const answer: unknown = await response.json().catch(() => null);
  throw toRequestError(response.status, answer, url, key === null);
}

async function request<Answer>(
  { url, key, timeoutMs = DEFAULT_TIMEOUT_MS }: ApiClientOptions,
  method: string,
  path: string,
  body?: object,
  version?: number,
): Promise<Answer> {
  const response = await send(url, path, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
      ...(version !== undefined && { 'if-match': `"${version}"` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer: unknown = await response.json().catch(() => null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API checks its answers
  if (response.ok) return answer as Answer;
  throw toRequestError(response.status, answer, url, key === null);
}

async function send(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(apiPath(path), url), init);
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new ApiRequestError(`the API at ${url} did not answer in time; see: signalman doctor`);
    }
    throw new ApiRequestError(
      `no API answers at ${url}; start the system (npx signalman up), or see: signalman doctor`,
    );
  }
}

function toRequestError(status: number, answer: unknown, url: string, hasNoKey: boolean): ApiRequestError {
  if (!isProblem(answer))
    return new ApiRequestError(`what answers at ${url} is not the Signalman API (status ${status})`);
  const { code, title, detail, errors: fields = [] } = answer;
  if (code === 'unauthenticated') {
    const what = hasNoKey ? 'no API key was found' : 'the API does not know the key';
    return new ApiRequestError(`${what}; set SIGNALMAN_API_KEY or see: signalman doctor`);
  }
  if (code === 'trade_not_found') return new ApiRequestError(`${detail} List trades with: signalman trades`);
  return new ApiRequestError(`${title} ${detail} (${code})`, { code, fields });
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' &&
  answer !== null &&
  'code' in answer &&
  'title' in answer &&
  'detail' in answer;

function toQuery(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}
