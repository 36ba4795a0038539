import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { ClassifiedMessage } from '../classifier.ts';
import { findLevels } from '../rules/levels/find-levels.ts';
import { findMentions } from '../rules/symbols.ts';
import { tokenise } from '../rules/tokens.ts';
import { quotesIn } from './quotes.ts';

/** A text, and everything that code knows of it: what the model says is held against this. */
export interface Post {
  /** As the model was given it. */
  text: string;
  /** Whether words stand in it, in small letters or large. */
  holds: (quote: string) => boolean;
  /** Whether words stand in it outside of what is quoted from others. */
  holdsAsOwn: (quote: string) => boolean;
  /** Whether words stand in it, letter by letter. */
  holdsExactly: (quote: string) => boolean;
  /** Instruments that the rules find in it. */
  mentions: ReadonlySet<Symbol>;
  /** The words by which the text names them. */
  names: readonly { symbol: Symbol; name: string }[];
  /** Whether it names a stop, readable or not. */
  namesStop: boolean;
  /** The reading of the rules. */
  rules: ClassifiedMessage;
  prices: ReadonlyMap<Symbol, DecimalString>;
}

/** Reads everything that the answers about a text are held against. */
export function toPost(text: string, rules: ClassifiedMessage, prices: Post['prices']): Post {
  const { tokens } = tokenise(text);
  const { levels, unreadStops } = findLevels(tokens, new Set());
  const names = findMentions(tokens).found.map(({ symbol, at }) => ({
    symbol,
    name: tokens[at]?.text ?? '',
  }));
  return {
    text,
    holds: quotesIn(text),
    holdsAsOwn: quotesIn(withoutQuotations(text)),
    holdsExactly: (quote) => text.includes(quote),
    mentions: new Set(names.map(({ symbol }) => symbol)),
    names,
    namesStop: unreadStops.length > 0 || levels.some(({ role }) => role === 'stop'),
    rules,
    prices,
  };
}

/** Several words between quotation marks, in a text that goes on outside of them, and lines that are quoted in an answer. */
function withoutQuotations(text: string): string {
  const own = text
    .replaceAll(
      /["\u201C\u201D\u00AB][^"\u201C\u201D\u00BB\n]*\s[^"\u201C\u201D\u00BB\n]*["\u201C\u201D\u00BB]/gu,
      ' | ',
    )
    .replaceAll(/^\s*>.*$/gmu, ' | ');
  return /\p{L}+\P{L}+\p{L}/u.test(own) ? own : text;
}
