import type { FieldError, Problem } from '#api/problem.ts';

/** Where the routes of the API begin. */
const PREFIX = '/v1';
const TIMEOUT_MS = 45_000;

/** Query of a request; undefined parts are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a request may say besides its path. */
export interface Asked {
  query?: Query;
  body?: object;
  signal?: AbortSignal;
  /** Sent as `Idempotency-Key`: the API does once what is asked twice under one key. */
  once?: string;
  /** An API key to send in place of the session's cookie. */
  bearer?: string;
}

/** A request that the API did not do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** The HTTP status; 0 where nothing answered. */
  readonly status: number;
  /** The code of the problem; null where what answered was not the API. */
  readonly code: string | null;
  readonly detail: string;
  readonly fields: readonly FieldError[];

  constructor(title: string, { status = 0, code = null, detail = '', fields = [] }: Partial<Refused> = {}) {
    super(title);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.fields = fields;
  }

  get isSignedOut(): boolean {
    return this.status === 401;
  }

  get isForbidden(): boolean {
    return this.status === 403;
  }
}

interface Refused {
  status: number;
  code: string | null;
  detail: string;
  fields: readonly FieldError[];
}

export const get = <Answer>(path: string, asked: Asked = {}): Promise<Answer> =>
  request<Answer>('GET', path, asked);

export const post = <Answer>(path: string, asked: Asked = {}): Promise<Answer> =>
  request<Answer>('POST', path, { body: {}, ...asked });

export const patch = <Answer>(path: string, asked: Asked): Promise<Answer> =>
  request<Answer>('PATCH', path, asked);

export const remove = <Answer>(path: string, asked: Asked = {}): Promise<Answer> =>
  request<Answer>('DELETE', path, asked);

/** Returns the health of the system, which is an answer too where a part is down. */
export async function getHealth<Answer>(signal: AbortSignal): Promise<Answer> {
  const response = await send('/readyz', {
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const answer: unknown = await response.json().catch(() => null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API checks its answers
  if (response.ok || response.status === 503) return answer as Answer;
  throw refusal(response.status, answer);
}

/** Returns the address of a route, for links and streams. */
export const addressOf = (path: string, query: Query = {}): string => `${PREFIX}${path}${toSearch(query)}`;

/** Sends one request, signed in by the session's cookie. @throws {RequestError} */
async function request<Answer>(method: string, path: string, asked: Asked): Promise<Answer> {
  const { query, body, signal, once, bearer } = asked;
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const response = await send(addressOf(path, query), {
    method,
    credentials: 'same-origin',
    headers: {
      accept: 'application/json',
      ...(body && { 'content-type': 'application/json' }),
      ...(once !== undefined && { 'idempotency-key': once }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  });
  const answer: unknown = await response.json().catch(() => null);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the API checks its answers
  if (response.ok) return answer as Answer;
  throw refusal(response.status, answer);
}

async function send(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    const isLate = error instanceof DOMException && error.name === 'TimeoutError';
    throw new RequestError(isLate ? 'The API did not answer in time.' : 'The API cannot be reached.', {
      detail: 'Check that the system runs. This page asks again by itself.',
    });
  }
}

function refusal(status: number, answer: unknown): RequestError {
  if (!isProblem(answer)) return new RequestError('Something that is not the API answered.', { status });
  const { title, code, detail, errors: fields = [] } = answer;
  return new RequestError(title, { status, code, detail, fields });
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' &&
  answer !== null &&
  'code' in answer &&
  'title' in answer &&
  'detail' in answer;

function toSearch(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search.toString()}`;
}
