import type { Problem } from '#api/problem.ts';
import { CliError } from './cli-error.ts';
import { findSystem } from './find-api.ts';

type Query = Record<string, string | number | undefined>;

/** The API, as a command uses it. Every failure is a {@link CliError} with one line for a person. */
export interface ApiClient {
  readonly url: string;
  get<Answer>(path: string, query?: Query): Promise<Answer>;
  post<Answer>(path: string, body?: object): Promise<Answer>;
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

/** The API of the system found in the environment or the state folder. */
export function connectApi(env: NodeJS.ProcessEnv): ApiClient {
  const { apiUrl, apiKey } = findSystem(env);
  return createApiClient({ url: apiUrl.value, key: apiKey?.value ?? null });
}

export function createApiClient(options: ApiClientOptions): ApiClient {
  const get = <Answer>(path: string, query: Query = {}): Promise<Answer> =>
    request<Answer>(options, 'GET', `${path}${toQuery(query)}`);
  return {
    url: options.url,
    get,
    post: (path, body = {}) => request(options, 'POST', path, body),
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

async function request<Answer>(
  { url, key, timeoutMs = DEFAULT_TIMEOUT_MS }: ApiClientOptions,
  method: string,
  path: string,
  body?: object,
): Promise<Answer> {
  const response = await send(url, path, {
    method,
    headers: {
      ...(key !== null && { authorization: `Bearer ${key}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const answer: unknown = await response.json().catch(() => null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own API checks its answers
  if (response.ok) return answer as Answer;
  throw toCliError(response.status, answer, url, key === null);
}

async function send(url: string, path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(new URL(path, url), init);
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') {
      throw new CliError(`the API at ${url} did not answer in time; see: signalman doctor`);
    }
    throw new CliError(`no API answers at ${url}; start the system (npm run demo) or see: signalman doctor`);
  }
}

function toCliError(status: number, answer: unknown, url: string, hasNoKey: boolean): CliError {
  if (!isProblem(answer))
    return new CliError(`what answers at ${url} is not the Signalman API (status ${status})`);
  const { code, title, detail } = answer;
  if (code === 'unauthenticated') {
    const what = hasNoKey ? 'no API key was found' : 'the API does not know the key';
    return new CliError(`${what}; set SIGNALMAN_API_KEY or see: signalman doctor`);
  }
  if (code === 'trade_not_found') return new CliError(`${detail} List trades with: signalman trades`);
  // What the API refuses to read was given on the command line.
  return new CliError(`${title} ${detail} (${code})`, code === 'validation_failed' ? 2 : 1);
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
