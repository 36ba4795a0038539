import type { ModelOptions } from './options.ts';

/** Options of a test for the stand-in at an address. */
export const standInOptions = (baseUrl: string, given: Partial<ModelOptions> = {}): ModelOptions => ({
  apiKey: 'sk-test-secret',
  baseUrl,
  model: 'stand-in',
  protocol: 'responses',
  schema: 'strict',
  timeoutMs: 5_000,
  maxOutputTokens: 1_000,
  prices: { input: 1, output: 10 },
  ...given,
});
