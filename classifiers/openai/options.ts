/** How requests are made: the Responses API, or the older chat completions that most other servers have. */
export const PROTOCOLS = ['responses', 'chat'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/**
 * How a server is held to the shape of an answer: `strict` by a JSON schema, `json` by its JSON mode, `plain` by the
 * words of the prompt alone. The answer is checked alike in all three.
 */
export const SCHEMA_MODES = ['strict', 'json', 'plain'] as const;
export type SchemaMode = (typeof SCHEMA_MODES)[number];

export const REASONING_EFFORTS = ['minimal', 'low', 'medium', 'high'] as const;
export type ReasoningEffort = (typeof REASONING_EFFORTS)[number];

/** USD for a million tokens. */
export interface TokenPrices {
  input: number;
  output: number;
}

/** How a language model is reached, and what it may take. */
export interface ModelOptions {
  apiKey: string;
  /** Base URL of a compatible server, with its `/v1`. */
  baseUrl: string;
  model: string;
  protocol: Protocol;
  schema: SchemaMode;
  /** Sent to models that reason; others refuse it. */
  reasoning?: ReasoningEffort;
  /** For one message, both tries together. */
  timeoutMs: number;
  maxOutputTokens: number;
  prices: TokenPrices;
}

export const OPENAI_URL = 'https://api.openai.com/v1';
