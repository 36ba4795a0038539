import { z } from 'zod';
import { failureOf, type ModelFailure } from './failure.ts';
import type { Protocol } from './options.ts';
import { failed, type ModelReply, type Usage } from './reply.ts';

const errorPart = z.object({ message: z.string().nullish(), code: z.unknown() });

/** A `Response` as openai-node's `resources/responses` declares it, as far as it is read here. */
const response = z.object({
  status: z.string().nullish(),
  error: errorPart.nullish(),
  incomplete_details: z.object({ reason: z.string().nullish() }).nullish(),
  model: z.string().nullish(),
  output: z
    .array(
      z.object({
        content: z
          .array(z.object({ type: z.string(), text: z.string().nullish(), refusal: z.string().nullish() }))
          .nullish()
          .catch(null),
      }),
    )
    .nullish(),
  usage: z.object({ input_tokens: z.unknown(), output_tokens: z.unknown() }).nullish().catch(null),
});

/** A `ChatCompletion` as openai-node's `resources/chat` declares it, as far as it is read here. */
const completion = z.object({
  error: errorPart.nullish(),
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .nullish(),
  usage: z.object({ prompt_tokens: z.unknown(), completion_tokens: z.unknown() }).nullish().catch(null),
});

/** Returns what a server answered with status 200; `requestId` is its header. Never throws. */
export function readReply(protocol: Protocol, body: unknown, requestId: string | null): ModelReply {
  const read = protocol === 'responses' ? readResponse(body) : readCompletion(body);
  return read
    ? { ...read, requestId, isCostUnknown: read.usage === null }
    : failed(failureOf('unparsable', 'what answers is no such service'), true);
}

type Read = Omit<ModelReply, 'requestId' | 'isCostUnknown'>;

function readResponse(body: unknown): Read | null {
  const parsed = response.safeParse(body);
  if (!parsed.success || (!parsed.data.output && !parsed.data.error)) return null;
  const { status, error, incomplete_details: details, model, output, usage } = parsed.data;
  const parts = (output ?? []).flatMap(({ content }) => content ?? []);
  const refusal = parts.find(({ type }) => type === 'refusal')?.refusal ?? null;
  const text = parts
    .flatMap(({ type, text: part }) => (type === 'output_text' && part ? [part] : []))
    .join('');
  const cut = status === 'incomplete' ? (details?.reason ?? 'no reason given') : null;
  return {
    raw: refusal ?? text,
    failure: errorOf(error) ?? endingOf(refusal, cut),
    model: model ?? null,
    usage: usage ? toUsage(usage.input_tokens, usage.output_tokens) : null,
  };
}

function readCompletion(body: unknown): Read | null {
  const parsed = completion.safeParse(body);
  if (!parsed.success) return null;
  const { error, model, choices, usage } = parsed.data;
  const [choice] = choices ?? [];
  if (!choice && !error) return null;
  const refusal = choice?.message.refusal ?? null;
  const reason = choice?.finish_reason ?? '';
  return {
    raw: refusal ?? choice?.message.content ?? null,
    failure:
      errorOf(error) ?? endingOf(refusal, ['length', 'content_filter'].includes(reason) ? reason : null),
    model: model ?? null,
    usage: usage ? toUsage(usage.prompt_tokens, usage.completion_tokens) : null,
  };
}

/** Some servers send an error with status 200. */
const errorOf = (error: z.infer<typeof errorPart> | null | undefined): ModelFailure | null =>
  error ? failureOf('unavailable', error.message ?? 'the server reports an error') : null;

function endingOf(refusal: string | null, cut: string | null): ModelFailure | null {
  if (refusal !== null) return failureOf('refused', refusal);
  return cut === null ? null : failureOf('incomplete', cut);
}

/** More tokens than any one request can have. */
const MAX_TOKENS = 1_000_000;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TOKENS;

/** Null for counts that no request can have. */
function toUsage(input: unknown, output: unknown): Usage | null {
  return isCount(input) && isCount(output) && input > 0 ? { inputTokens: input, outputTokens: output } : null;
}
