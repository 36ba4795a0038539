import type { Spent } from './answer-book.ts';
import type { ModelOptions, TokenPrices } from './options.ts';
import { promptFor, tokensOfPrompt } from './prompt.ts';
import type { ModelReply, Usage } from './reply.ts';

const MILLION = 1_000_000;

const usdOf = ({ inputTokens, outputTokens }: Usage, { input, output }: TokenPrices): number =>
  (inputTokens * input + outputTokens * output) / MILLION;

/** Returns the most that one request about a text can cost, in USD. */
export const mostUsd = (text: string, { schema, maxOutputTokens, prices }: ModelOptions): number =>
  usdOf({ inputTokens: tokensOfPrompt(promptFor(text, schema)), outputTokens: maxOutputTokens }, prices);

/**
 * Returns what a request has cost. Where the server may have counted tokens and does not say how many, it counts as the
 * most that it can have cost.
 */
export function spentOn({ usage, isCostUnknown }: ModelReply, most: number, prices: TokenPrices): Spent {
  if (usage) return { ...usage, usd: usdOf(usage, prices) };
  return { usd: isCostUnknown ? most : 0, inputTokens: 0, outputTokens: 0 };
}

export const NOTHING_SPENT: Spent = { usd: 0, inputTokens: 0, outputTokens: 0 };

export const addSpent = (one: Spent, other: Spent): Spent => ({
  usd: one.usd + other.usd,
  inputTokens: one.inputTokens + other.inputTokens,
  outputTokens: one.outputTokens + other.outputTokens,
});
