import type { Symbol } from '#domain/ids.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import { NOT_TICKERS } from '../rules/lexicon.ts';
import type { AnsweredIdea } from './answer-schema.ts';
import type { Post } from './post.ts';

/** A ticker as it stands in a text: in capitals, or behind a sign. Letters of other scripts are none, nor are numbers. */
const TICKER =
  /^(?:[$#][A-Za-z][A-Za-z0-9]{0,14}|(?=[A-Z0-9]*[A-Z])[A-Z0-9]{2,12})(?:[/_-]?(?:USDT|USDC|USD|PERP|[A-Z]{3}))?$/u;

/**
 * Returns the instrument of an idea by our name, or null unless the text names it: the rules find it there, or its quote
 * is a ticker that means it.
 */
export function groundedSymbol({ symbol, symbolQuote }: AnsweredIdea, post: Post): Symbol | null {
  const claimed = normaliseSymbol(symbol);
  if (!claimed.ok || !post.holds(symbolQuote)) return null;
  if (post.mentions.has(claimed.value)) return claimed.value;
  const quoted = symbolQuote.trim();
  if (!TICKER.test(quoted) || NOT_TICKERS.has(quoted)) return null;
  const meant = normaliseSymbol(quoted);
  return meant.ok && meant.value === claimed.value && post.holdsExactly(quoted) ? claimed.value : null;
}
