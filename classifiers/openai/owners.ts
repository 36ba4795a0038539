import type { Symbol } from '#domain/ids.ts';
import type { AnsweredIdea } from './answer-schema.ts';
import { groundedSymbol } from './ground-symbol.ts';
import type { Post } from './post.ts';
import { placesIn, spaced, type Place } from './quotes.ts';

/** Tells which of the instruments that a text calls its words are about. */
export interface Owners {
  /** A level is about the instrument that is named last before it, or first in the text. */
  isLevelOf: (quote: string, symbol: Symbol) => boolean;
  /** A side is about the instrument that is named nearest to it. */
  isSideOf: (quote: string, symbol: Symbol) => boolean;
}

/** Instruments that are named one right after the other: `BTC, ETH and SOL`. */
interface Names extends Place {
  symbols: ReadonlySet<Symbol>;
}

/** Reads which words of a text are about which instruments, of those that the model or the rules call. */
export function ownersIn(answered: readonly AnsweredIdea[], post: Post): Owners {
  const placesOf = placesIn(post.text);
  const names = together(spaced(post.text), namesIn(answered, post, placesOf));
  if (new Set(names.flatMap(({ symbols }) => [...symbols])).size < 2)
    return { isLevelOf: () => true, isSideOf: () => true };
  return {
    isLevelOf: (quote, symbol) =>
      placesOf(quote).some(({ to }) =>
        (names.findLast(({ from }) => from < to) ?? names[0])?.symbols.has(symbol),
      ),
    isSideOf: (quote, symbol) =>
      placesOf(quote).some((place) => nearest(names, place).every(({ symbols }) => symbols.has(symbol))),
  };
}

function namesIn(
  answered: readonly AnsweredIdea[],
  post: Post,
  placesOf: (quote: string) => Place[],
): Names[] {
  const claimed = answered.flatMap((idea) => {
    const symbol = groundedSymbol(idea, post);
    return symbol === null ? [] : [{ symbol, name: idea.symbolQuote }];
  });
  const called = new Set([...post.rules.ideas, ...claimed].map(({ symbol }) => symbol));
  return [...claimed, ...post.names.filter(({ symbol }) => called.has(symbol))]
    .flatMap(({ symbol, name }) => placesOf(name).map((place) => ({ ...place, symbols: new Set([symbol]) })))
    .toSorted((a, b) => a.from - b.from);
}

const JOINING = /^[\s,&/+$#]*(?:and|or|und|y|et|e|en)?[\s,&/+$#]*$/iu;

/** Takes names that follow each other as one. */
function together(text: string, names: readonly Names[]): Names[] {
  const taken: Names[] = [];
  for (const name of names) {
    const last = taken.at(-1);
    const isJoined = last && (name.from < last.to || JOINING.test(text.slice(last.to, name.from)));
    if (!isJoined) taken.push(name);
    else
      taken[taken.length - 1] = {
        from: last.from,
        to: Math.max(last.to, name.to),
        symbols: new Set([...last.symbols, ...name.symbols]),
      };
  }
  return taken;
}

function nearest(names: readonly Names[], place: Place): Names[] {
  const distanceOf = ({ from, to }: Names): number => Math.max(0, from - place.to, place.from - to);
  const least = Math.min(...names.map(distanceOf));
  return names.filter((each) => distanceOf(each) === least);
}
