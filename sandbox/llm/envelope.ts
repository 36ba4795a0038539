import { randomUUID } from 'node:crypto';
import type { FaultKind } from './faults.ts';
import type { ModelRequest } from './request.ts';

const CHARACTERS_PER_TOKEN = 4;

export interface Usage {
  input: number;
  output: number;
}

/** Returns what a request and its answer count, at four characters a token. */
export const usageOf = ({ inputLength }: ModelRequest, text: string): Usage => ({
  input: Math.ceil(inputLength / CHARACTERS_PER_TOKEN),
  output: Math.ceil(text.length / CHARACTERS_PER_TOKEN),
});

/** An answer and how it ended. */
export interface Ending {
  text: string;
  /** Null for an answer that came to its end. */
  fault: FaultKind | null;
  /** Null leaves it out. */
  usage: Usage | null;
}

/** Returns an answer as the protocol of the request has it. */
export const envelope = (request: ModelRequest, ending: Ending): object =>
  request.protocol === 'responses' ? response(request, ending) : completion(request, ending);

const now = (): number => Math.floor(Date.now() / 1000);

/** Returns a `Response` as openai-node's `resources/responses` declares it, as far as clients read it. */
function response({ model }: ModelRequest, { text, fault, usage }: Ending): object {
  const reason = { truncated: 'max_output_tokens', contentFilter: 'content_filter' }[String(fault)];
  const isFailed = fault === 'failed';
  const content =
    fault === 'refusal' ? { type: 'refusal', refusal: text } : { type: 'output_text', text, annotations: [] };
  return {
    id: `resp_${randomUUID()}`,
    object: 'response',
    created_at: now(),
    status: isFailed ? 'failed' : reason === undefined ? 'completed' : 'incomplete',
    error: isFailed ? { code: 'server_error', message: text } : null,
    incomplete_details: reason === undefined ? null : { reason },
    model,
    output: isFailed
      ? []
      : [{ id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [content] }],
    ...(usage && {
      usage: {
        input_tokens: usage.input,
        input_tokens_details: { cached_tokens: 0 },
        output_tokens: usage.output,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: usage.input + usage.output,
      },
    }),
  };
}

/** Returns a `ChatCompletion` as openai-node's `resources/chat` declares it, as far as clients read it. */
function completion({ model }: ModelRequest, { text, fault, usage }: Ending): object {
  const reason = { truncated: 'length', contentFilter: 'content_filter' }[String(fault)] ?? 'stop';
  const isRefusal = fault === 'refusal';
  const message = { role: 'assistant', content: isRefusal ? null : text, refusal: isRefusal ? text : null };
  return {
    id: `chatcmpl-${randomUUID()}`,
    object: 'chat.completion',
    created: now(),
    model,
    ...(fault === 'failed'
      ? { error: { message: text, code: 502 } }
      : { choices: [{ index: 0, message, finish_reason: reason, logprobs: null }] }),
    ...(usage && {
      usage: {
        prompt_tokens: usage.input,
        completion_tokens: usage.output,
        total_tokens: usage.input + usage.output,
      },
    }),
  };
}
