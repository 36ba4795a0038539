import type { OpenAI } from 'openai';
import { failureOf, type ModelFailure } from './failure.ts';
import { AnswerTooLongError, limitedFetch } from './limited-fetch.ts';
import type { ModelOptions } from './options.ts';
import { promptFor, type Prompt } from './prompt.ts';
import { readReply } from './read-reply.ts';
import { failed, type ModelReply } from './reply.ts';
import { toCompletionRequest, toResponseRequest } from './requests.ts';

/** Asks a language model about one text. */
export interface ModelClient {
  /** Sends one request; nothing is retried. Every end is a reply. */
  ask(text: string, timeoutMs: number): Promise<ModelReply>;
}

const MAX_ANSWER_BYTES = 1_000_000;

/** Returns a client of the server that the options name. The `openai` package is loaded with the first request. */
export function createModelClient(options: ModelOptions): ModelClient {
  let opening: Promise<OpenAI> | null = null;
  return {
    async ask(text, timeoutMs) {
      // To load the package takes no time away from the answer.
      const client = await (opening ??= open(options));
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        return await send(client, options, promptFor(text, options.schema), signal);
      } catch (error) {
        if (signal.aborted) return failed(failureOf('unavailable', `no answer within ${timeoutMs} ms`), true);
        return failed(toFailure(error, options.apiKey), statusOf(error) === null);
      }
    },
  };
}

/** Opens a client that takes nothing from the environment and retries nothing: a retry is the caller's to pay for. */
async function open({ apiKey, baseUrl, timeoutMs, schema }: ModelOptions): Promise<OpenAI> {
  const { OpenAI: Client } = await import('openai');
  // Requests find it loaded.
  if (schema === 'strict') await import('openai/helpers/zod');
  return new Client({
    apiKey,
    baseURL: baseUrl,
    organization: null,
    project: null,
    maxRetries: 0,
    timeout: timeoutMs,
    logLevel: 'off',
    fetch: limitedFetch(MAX_ANSWER_BYTES),
  });
}

async function send(
  client: OpenAI,
  options: ModelOptions,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<ModelReply> {
  const { data, request_id: requestId } = await (options.protocol === 'responses'
    ? client.responses.create(await toResponseRequest(options, prompt), { signal }).withResponse()
    : client.chat.completions.create(await toCompletionRequest(options, prompt), { signal }).withResponse());
  return readReply(options.protocol, data, requestId ?? null);
}

const RETRYABLE_STATUSES = [408, 409, 425, 429];

/** Returns the failure behind an error of the client. A server that repeats the key does not get it written down. */
function toFailure(error: unknown, apiKey: string): ModelFailure {
  const message = (error instanceof Error ? error.message : String(error)).replaceAll(apiKey, '[key]');
  const status = statusOf(error);
  if (status === null && isUnreadable(error))
    return failureOf('unparsable', 'what answers is no such service');
  if (status === null) return failureOf('unavailable', message);
  if (RETRYABLE_STATUSES.includes(status) || status >= 500)
    return failureOf('unavailable', message, retryAfterOf(error));
  return failureOf('misconfigured', message);
}

const statusOf = (error: unknown): number | null =>
  error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : null;

/** The client throws these while it reads an answer; `terminated` is a connection that ended in the middle of one. */
const isUnreadable = (error: unknown): boolean =>
  error instanceof SyntaxError ||
  error instanceof AnswerTooLongError ||
  (error instanceof TypeError && error.message !== 'terminated');

const MAX_RETRY_AFTER_MS = 60_000;

/** The header `retry-after` in seconds; absent without one. */
function retryAfterOf(error: unknown): number | undefined {
  const headers: unknown = error instanceof Error && 'headers' in error ? error.headers : null;
  const seconds = headers instanceof Headers ? Number(headers.get('retry-after') ?? NaN) : NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? Math.min(seconds * 1_000, MAX_RETRY_AFTER_MS) : undefined;
}
