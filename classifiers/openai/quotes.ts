import { amount, type DecimalString } from '#domain/money.ts';
import { CALL_WORDS } from '../rules/lexicon.ts';
import { tokenise, type Token } from '../rules/tokens.ts';
import type { WrittenNumber } from '../rules/numbers.ts';
import type { Side } from '#domain/ids.ts';

const MAX_QUOTE_LENGTH = 200;

/** Where words stand in a text, as offsets into its words parted by single spaces. */
export interface Place {
  from: number;
  to: number;
}

/** Returns what finds words in a text, as whole words and numbers: `500` does not stand in `65,500`. */
export function placesIn(text: string): (quote: string) => Place[] {
  const where = spaced(text);
  return (quote) => {
    const words = spaced(quote);
    if (words === '' || words.length > MAX_QUOTE_LENGTH) return [];
    const edges = { before: edgeBefore(words), after: edgeAfter(words) };
    const found = where.matchAll(new RegExp(`${edges.before}${escaped(words)}${edges.after}`, 'giu'));
    return [...found].map(({ index, 0: { length } }) => ({ from: index, to: index + length }));
  };
}

/** Returns a test of whether words stand in a text. */
export function quotesIn(text: string): (quote: string) => boolean {
  const placesOf = placesIn(text);
  return (quote) => placesOf(quote).length > 0;
}

/** Returns the words of a text parted by single spaces, which places count in. */
export const spaced = (text: string): string => text.normalize('NFKC').replaceAll(/\s+/gu, ' ').trim();

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/gu, String.raw`\$&`);

/** No letter, digit or beginning of the same number before a word or number. */
const edgeBefore = (words: string): string =>
  /^[\p{L}\p{N}]/u.test(words)
    ? String.raw`(?<![\p{L}\p{N}]|\p{Nd}[.,']|\p{Nd}{1,3} (?=\p{Nd}{3}(?!\p{Nd})))`
    : '';

/** Likewise behind it. A percent sign or a unit behind a number belongs to it. */
const edgeAfter = (words: string): string => {
  if (/\p{Nd}$/u.test(words)) return String.raw`(?![\p{L}\p{N}%]|[.,']\p{Nd}| ?%| \p{Nd}{3}(?!\p{Nd}))`;
  return /[\p{L}\p{N}]$/u.test(words) ? String.raw`(?![\p{L}\p{N}])` : '';
};

/** Returns the numbers of a quote, read as the rules read them. */
export const numbersOf = (quote: string): WrittenNumber[] =>
  tokenise(quote).tokens.flatMap(({ number }) => (number ? [number] : []));

/** Whether a number can be read as this value, in one of its two meanings. */
export const canMean = (number: WrittenNumber, value: DecimalString): boolean =>
  [number.value, number.other].some((each) => each !== null && amount(each).eq(value));

/** Words for a side beyond those of the rules, which take no part in finding calls but may stand in a quote. */
const MORE_SIDE_WORDS: ReadonlyMap<string, Side> = new Map([
  ...(
    [
      'longs',
      'ape',
      'apeing',
      'buys',
      'grabbed',
      'grabbing',
      'loading',
      'scooping',
      'scooped',
      'entered',
    ] as const
  ).map((word): [string, Side] => [word, 'long']),
  ...(['shorts', 'sells', 'fade', 'fading', 'faded'] as const).map((word): [string, Side] => [word, 'short']),
]);

/** Returns the only side that the words of a quote take; null for none or both. */
export function sideOf(quote: string): Side | null {
  const sides = new Set(tokenise(quote).tokens.flatMap((token) => sideOfWord(token) ?? []));
  return sides.size === 1 ? ([...sides][0] ?? null) : null;
}

const sideOfWord = ({ lower }: Token): Side | null =>
  CALL_WORDS.get(lower)?.side ?? MORE_SIDE_WORDS.get(lower) ?? null;
