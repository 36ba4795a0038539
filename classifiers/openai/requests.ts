import type { OpenAI } from 'openai';
import { answerSchema } from './answer-schema.ts';
import { OPENAI_URL, type ModelOptions } from './options.ts';
import type { Prompt } from './prompt.ts';

const SCHEMA_NAME = 'reading_of_a_post';

/** Returns a request of the Responses API. It is not stored by the server. */
export async function toResponseRequest(
  { model, schema, reasoning, maxOutputTokens }: ModelOptions,
  { instructions, input }: Prompt,
): Promise<OpenAI.Responses.ResponseCreateParamsNonStreaming> {
  return {
    model,
    instructions,
    input,
    store: false,
    max_output_tokens: maxOutputTokens,
    ...(reasoning && { reasoning: { effort: reasoning } }),
    ...(schema === 'strict' && { text: { format: await strictFormat() } }),
    ...(schema === 'json' && { text: { format: { type: 'json_object' } } }),
  };
}

/** Returns a request for a chat completion. */
export async function toCompletionRequest(
  { model, schema, reasoning, maxOutputTokens, baseUrl }: ModelOptions,
  { instructions, input }: Prompt,
): Promise<OpenAI.Chat.ChatCompletionCreateParamsNonStreaming> {
  return {
    model,
    messages: [
      { role: 'system', content: instructions },
      { role: 'user', content: input },
    ],
    // Other servers know the older name only; models that reason at OpenAI take the new one only.
    ...(baseUrl === OPENAI_URL
      ? { max_completion_tokens: maxOutputTokens }
      : { max_tokens: maxOutputTokens }),
    ...(reasoning && { reasoning_effort: reasoning }),
    ...(schema === 'strict' && { response_format: await strictResponseFormat() }),
    ...(schema === 'json' && { response_format: { type: 'json_object' } }),
    ...(schema !== 'plain' && routing(baseUrl)),
  };
}

/** OpenRouter drops a format that a provider does not know, unless it is told to look for one that does. */
const routing = (baseUrl: string): object =>
  new URL(baseUrl).hostname === 'openrouter.ai' ? { provider: { require_parameters: true } } : {};

const helpers = () => import('openai/helpers/zod');

async function strictFormat(): Promise<OpenAI.Responses.ResponseFormatTextConfig> {
  const { zodTextFormat } = await helpers();
  const { type, name, schema, strict } = zodTextFormat(answerSchema, SCHEMA_NAME);
  return { type, name, schema, strict: strict ?? true };
}

async function strictResponseFormat(): Promise<OpenAI.ResponseFormatJSONSchema> {
  const { zodResponseFormat } = await helpers();
  const { type, json_schema: format } = zodResponseFormat(answerSchema, SCHEMA_NAME);
  return { type, json_schema: format };
}
