import { z } from 'zod';
import { SourceBlocked, SourceBusy, SourceDown, SourceError } from '../errors.ts';

/** An answer that is no success. */
export interface FailedAnswer {
  status: number;
  headers: Headers;
  /** The body read as JSON; undefined where it is none. */
  body: unknown;
  /** Epoch ms. */
  now: number;
}

/** A problem of the API, or the older list of errors. Both are read leniently: the status decides first. */
const problem = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  errors: z
    .array(
      z.object({
        message: z.string().optional(),
        detail: z.string().optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .optional(),
});

/** X does not take the request as it is. Its message names the parameters. */
export class InvalidXRequest extends SourceError {
  override name = 'InvalidXRequest';
  readonly #parameters: readonly string[];

  constructor(message: string, parameters: readonly string[]) {
    super('x_invalid_request', message);
    this.#parameters = parameters;
  }

  /** Returns whether the parameter is one of those that X does not take. */
  names(parameter: string): boolean {
    return this.#parameters.includes(parameter) || this.message.includes(`[${parameter}]`);
  }
}

/** The shortest pause after a refusal for too many requests. */
const LEAST_PAUSE_MS = 1_000;
/** Pause where the refusal names no time. */
const USUAL_PAUSE_MS = 60_000;
/** Readers that were refused together do not come back together. */
const JITTER_MS = 1_000;
const LONGEST_PAUSE_MS = 24 * 60 * 60 * 1000;

/**
 * Returns what a failed answer means for the source. Source: x-api/fundamentals/response-codes-and-errors.mdx of
 * xdevplatform/docs.
 */
export function toSourceError(answer: FailedAnswer): SourceError {
  const { status } = answer;
  const read = problem.safeParse(answer.body);
  const name = /\/problems\/([\w-]+)$/.exec(read.data?.type ?? '')?.[1];
  const detail = describe(read.data, status);
  if (name === 'usage-capped' || status === 402) return new SourceBlocked('x_usage_capped', `X: ${detail}`);
  if (status === 401)
    return new SourceBlocked('x_unauthorized', `X does not take the token (X_BEARER_TOKEN): ${detail}`);
  if (status === 403) return new SourceBlocked('x_forbidden', `X: ${detail}`);
  if (status === 400) return new InvalidXRequest(`X: ${detail}`, parametersOf(read.data));
  if (status === 429) return new SourceBusy(`X: ${detail}`, endOfLimit(answer));
  return new SourceDown(`X answers ${status}: ${detail}`);
}

const parametersOf = (read: z.output<typeof problem> | undefined): string[] =>
  (read?.errors ?? []).flatMap(({ parameters = {} }) => Object.keys(parameters));

function describe(read: z.output<typeof problem> | undefined, status: number): string {
  const [first] = read?.errors ?? [];
  const texts = [read?.title, first?.message ?? first?.detail ?? read?.detail];
  return texts.filter((text) => text !== undefined && text !== '').join(': ') || `status ${status}`;
}

/** Returns the end of the window that is used up, by the headers of the 15 minutes and of the 24 hours. */
function endOfLimit({ headers, now }: FailedAnswer): number {
  const ends = ['x-rate-limit', 'x-app-limit-24hour', 'x-user-limit-24hour'].flatMap((name) => {
    const reset = Number(headers.get(`${name}-reset`) ?? NaN);
    return Number.isFinite(reset) && headers.get(`${name}-remaining`) === '0' ? [reset * 1_000] : [];
  });
  const end = ends.length === 0 ? now + USUAL_PAUSE_MS : Math.max(...ends);
  const bounded = Math.min(Math.max(end, now + LEAST_PAUSE_MS), now + LONGEST_PAUSE_MS);
  return Math.round(bounded + Math.random() * JITTER_MS);
}

const objectError = z.object({
  type: z.string().optional(),
  title: z.string().optional(),
  detail: z.string().optional(),
  resource_id: z.string().optional(),
  resource_type: z.string().optional(),
});

/**
 * Returns why an answer of success has no account in it: it is gone, its posts are not for everybody, or, where X says
 * neither, the answer is no answer and is asked for again.
 */
export function toMissingAccountError(errors: readonly unknown[]): SourceError {
  const read = errors.flatMap((each) => objectError.safeParse(each).data ?? []);
  const named = (...problems: string[]) =>
    read.find(({ type = '' }) => problems.some((name) => type.endsWith(`/problems/${name}`)));
  const hidden = named('not-authorized-for-resource');
  if (hidden) return new SourceBlocked('x_protected', `X: ${detailOf(hidden)}`);
  const gone = named('resource-not-found', 'resource-unavailable', 'disallowed-resource');
  if (gone) return new SourceBlocked('x_account_gone', `X: ${detailOf(gone)}`);
  const [first] = read;
  return new SourceDown(`X answers without posts: ${first ? detailOf(first) : 'it does not say why'}`);
}

const detailOf = ({ detail, title }: z.output<typeof objectError>): string =>
  detail ?? title ?? 'no such account';
