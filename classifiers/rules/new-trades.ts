import type { Token } from './tokens.ts';

const NEW_TRADE =
  /\b(?:new|fresh|next|another) (?:trade|signal|setup|call|position|entry|idea|one)\b|\bre ?-? ?ent(?:er|ry|ering|ered)\b/u;

/** Returns the sentences that announce a new trade, in order: "New trade: ETH long". */
export const newTradesIn = (tokens: readonly Token[]): number[] =>
  [...Map.groupBy(tokens, ({ sentence }) => sentence)]
    .filter(([, words]) => NEW_TRADE.test(words.map(({ lower }) => lower).join(' ')))
    .map(([sentence]) => sentence);
