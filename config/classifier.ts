import { z } from 'zod';
import { DECIDERS, type Decider } from '#classifiers/classifier.ts';
import {
  OPENAI_URL,
  PROTOCOLS,
  REASONING_EFFORTS,
  SCHEMA_MODES,
  type ModelOptions,
} from '#classifiers/openai/options.ts';
import { openaiKeyFile, readSecretFile } from './secret-files.ts';

/** Who reads messages, and how much at a time. */
export interface ClassifierConfig {
  by: Decider;
  /** Left out: no language model can be asked. */
  model?: ModelOptions;
  concurrency: { atOnce: number; perSource: number };
  /** USD a day (UTC) for the language model. */
  budget: { totalUsd: number; sourceUsd: number };
}

/** Model and prices for which nothing else is given. Source: the vendor's price list. */
const DEFAULT_MODEL = 'gpt-5-mini';
const DEFAULT_PRICES = { input: 0.25, output: 2 };
/** Prices of a model that is given without them: those of a dear one, so that a budget ends early and not late. */
const ASSUMED_PRICES = { input: 2.5, output: 15 };
const DEFAULT_TIMEOUT_MS = 15_000;
/** A step waits no longer for one message. */
const MAX_TIMEOUT_MS = 25_000;
const MAX_OUTPUT_TOKENS = 2_000;

const oneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  z.enum(words, `is none of ${words.join(', ')}`);
const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `is not a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((number) => number >= min && number <= max, `is not a whole number from ${min} to ${max}`);
const usd = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,6})?$/, 'is not an amount in USD such as 2.50')
  .transform(Number);

/** Variables that say who reads messages, and how a language model is reached. */
export const classifierVariables = {
  CLASSIFIER: oneOf(DECIDERS).optional(),
  OPENAI_API_KEY: z.string().optional(),
  OPENAI_BASE_URL: z
    .string()
    .refine((text) => /^https?:/.test(text) && URL.canParse(text), `is not a URL such as ${OPENAI_URL}`)
    .optional(),
  OPENAI_MODEL: z.string().max(200).optional(),
  OPENAI_PROTOCOL: oneOf(PROTOCOLS).optional(),
  OPENAI_SCHEMA: oneOf(SCHEMA_MODES).optional(),
  OPENAI_REASONING: oneOf([...REASONING_EFFORTS, 'none']).optional(),
  OPENAI_TIMEOUT_MS: whole(1_000, MAX_TIMEOUT_MS).optional(),
  OPENAI_PRICES: z
    .string()
    .regex(
      /^\d{1,5}(\.\d{1,6})?,\d{1,5}(\.\d{1,6})?$/,
      'is not two prices such as 0.25,2: USD for a million tokens in, and out',
    )
    .transform((text) => {
      const [input = 0, output = 0] = text.split(',').map(Number);
      return { input, output };
    })
    .optional(),
  OPENAI_CONCURRENCY: whole(1, 256).optional(),
  OPENAI_SOURCE_CONCURRENCY: whole(1, 256).optional(),
  OPENAI_BUDGET_USD: usd.optional(),
  OPENAI_SOURCE_BUDGET_USD: usd.optional(),
};

type Read = { [Name in keyof typeof classifierVariables]?: z.output<(typeof classifierVariables)[Name]> } & {
  SIGNALMAN_STATE_DIR: string;
};

/** Returns who reads messages; a key that the environment does not give is looked for in the state folder. */
export function readClassifier(read: Read): ClassifierConfig {
  const model = readModel(read);
  const atOnce = read.OPENAI_CONCURRENCY ?? 16;
  const totalUsd = read.OPENAI_BUDGET_USD ?? 5;
  return {
    by: read.CLASSIFIER ?? 'rules',
    ...(model && { model }),
    concurrency: { atOnce, perSource: read.OPENAI_SOURCE_CONCURRENCY ?? Math.ceil(atOnce / 2) },
    budget: { totalUsd, sourceUsd: read.OPENAI_SOURCE_BUDGET_USD ?? totalUsd },
  };
}

/** Null when there is neither a key nor the address of a server, some of which need no key. */
function readModel(read: Read): ModelOptions | null {
  const key = read.OPENAI_API_KEY ?? readSecretFile(openaiKeyFile(read.SIGNALMAN_STATE_DIR));
  if (key === null && read.OPENAI_BASE_URL === undefined) return null;
  const baseUrl = (read.OPENAI_BASE_URL ?? OPENAI_URL).replace(/\/+$/, '');
  const isOpenAI = baseUrl === OPENAI_URL;
  const reasoning = read.OPENAI_REASONING ?? (isOpenAI && read.OPENAI_MODEL === undefined ? 'low' : 'none');
  return {
    apiKey: key ?? 'none',
    baseUrl,
    model: read.OPENAI_MODEL ?? DEFAULT_MODEL,
    protocol: read.OPENAI_PROTOCOL ?? (isOpenAI ? 'responses' : 'chat'),
    schema: read.OPENAI_SCHEMA ?? 'strict',
    ...(reasoning !== 'none' && { reasoning }),
    timeoutMs: read.OPENAI_TIMEOUT_MS ?? DEFAULT_TIMEOUT_MS,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    prices: read.OPENAI_PRICES ?? (read.OPENAI_MODEL === undefined ? DEFAULT_PRICES : ASSUMED_PRICES),
  };
}

/** Why the classifier that is asked for cannot run; null when it can. */
export const missingModel = ({ by, model }: ClassifierConfig): string | null =>
  by === 'rules' || model
    ? null
    : `is ${by}, and there is no model: set OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own`;
