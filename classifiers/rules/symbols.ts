import type { Symbol } from '#domain/ids.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import { CALL_WORDS, NAMES, NAMES_FOLLOW, NOT_TICKERS, TICKERS, WORD_TICKERS } from './lexicon.ts';
import type { Token } from './tokens.ts';

/** A place in the text that names an instrument. */
export interface Mention {
  /** Index of its token. */
  at: number;
  symbol: Symbol;
}

export interface Mentions {
  found: Mention[];
  /** Words that look like an instrument and name none that can be traded, for a person to read. */
  problems: string[];
}

/** Every mention of an instrument, in order. */
export function findMentions(tokens: readonly Token[]): Mentions {
  const shouting = isShouting(tokens);
  const problems: string[] = [];
  const read = (name: typeof knownSymbol): Mention[] =>
    [...tokens.entries()].flatMap(([at, token]) => {
      const written = name({ tokens, at, token, shouting });
      if (written === null) return [];
      const ruling = normaliseSymbol(written);
      if (!ruling.ok) problems.push(`${written}: ${ruling.refusal.text}`);
      return ruling.ok ? [{ at, symbol: ruling.value }] : [];
    });
  const known = read(knownSymbol);
  const named = new Set(known.map(({ at }) => tokens[at]?.sentence));
  const unknown = read(unknownSymbol).filter(({ at }) => !named.has(tokens[at]?.sentence));
  const found = [...known, ...unknown].toSorted((a, b) => a.at - b.at);
  return withoutCrosses(tokens, found, problems);
}

/** A token in its message. */
interface Place {
  tokens: readonly Token[];
  at: number;
  token: Token;
  /** The message is written in capitals, which then mean nothing. */
  shouting: boolean;
}

/** Returns the name of an instrument that is known by its ticker, its name or its sigil; else null. */
function knownSymbol({ tokens, at, token, shouting }: Place): string | null {
  const { text, lower, kind, sigil } = token;
  if (kind === 'pair') return text;
  if (kind !== 'word' && kind !== 'tag') return null;
  const upper = text.toUpperCase();
  const name = NAMES.get(lower);
  if (name !== undefined && (text !== lower || sigil !== '' || name.length <= 4 || isObject(tokens, at)))
    return name;
  if (TICKERS.has(lower) || isContract(lower)) return lower.startsWith('k') ? `k${upper.slice(1)}` : upper;
  if (sigil === '$' && WORD_TICKERS.has(upper)) return text;
  if (NOT_TICKERS.has(upper) || CALL_WORDS.has(lower)) return null;
  if (sigil === '$') return text;
  if (sigil === '#' && /^[A-Z][A-Z0-9]{1,9}$/u.test(text) && isBesideCall(tokens, at)) return text;
  if (text !== upper || !/^[A-Z][A-Z0-9]{1,9}$/u.test(text)) return null;
  if (sigil === '#' && WORD_TICKERS.has(text)) return text;
  if (WORD_TICKERS.has(text) && (!shouting || isBesideCall(tokens, at))) return text;
  return isLabelled(tokens, at) ? text : null;
}

/** Returns a name in capitals beside a side, which the venues may list; else null. */
function unknownSymbol({ tokens, at, token, shouting }: Place): string | null {
  const { text, kind, sigil } = token;
  if (kind !== 'word' || sigil !== '' || !/^[A-Z][A-Z0-9]{1,9}$/u.test(text) || NOT_TICKERS.has(text))
    return null;
  if (CALL_WORDS.has(token.lower)) return null;
  return isBesideCall(tokens, at) && (!shouting || text.length <= 6) ? text : null;
}

/** "buy the euro", "cable short". */
const isObject = (tokens: readonly Token[], at: number): boolean =>
  CALL_WORDS.has(tokens[at + 1]?.lower ?? '') ||
  CALL_WORDS.has(tokens[tokens[at - 1]?.lower === 'the' ? at - 2 : at - 1]?.lower ?? '');

/** The name in `Pair: FOO`. */
const isLabelled = (tokens: readonly Token[], at: number): boolean =>
  [':', '='].includes(tokens[at - 1]?.text ?? '') && NAMES_FOLLOW.has(tokens[at - 2]?.lower ?? '');

/** A ticker with its quote written onto it: `btcusdt`, `hypeusd`, `eurusd`, `1000pepe`. */
function isContract(word: string): boolean {
  if (/^(?:k|1000)(?:pepe|shib|bonk|floki|lunc|dogs|neiro)(?:usdt|usdc|usd|perp)?$/u.test(word)) return true;
  if (/^[a-z0-9]{2,12}(?:usdt|usdc)$/u.test(word)) return true;
  const base = /^([a-z0-9]{2,12})(?:usd|perp)$/u.exec(word)?.[1];
  if (base !== undefined && (TICKERS.has(base) || WORD_TICKERS.has(base.toUpperCase()))) return true;
  return /^(?:eur|gbp|aud|nzd|usd|cad|chf|jpy)(?:eur|gbp|aud|nzd|usd|cad|chf|jpy)$/u.test(word);
}

/** The next token that is no mark. */
function beside(tokens: readonly Token[], at: number, step: 1 | -1): Token | undefined {
  const next = tokens[at + step];
  return next && ['\u2192', ':', '|', '-'].includes(next.text) ? tokens[at + 2 * step] : next;
}

function isBesideCall(tokens: readonly Token[], at: number): boolean {
  const [before, after] = [beside(tokens, at, -1), beside(tokens, at, 1)];
  return [before, after].some((token) => token !== undefined && CALL_WORDS.has(token.lower));
}

/** Capitals mean nothing in a text that has little else. */
function isShouting(tokens: readonly Token[]): boolean {
  const text = tokens.filter(({ kind }) => kind === 'word').map((token) => token.text);
  const letters = text.join('').replace(/[^A-Za-z]/gu, '');
  const small = letters.replace(/[^a-z]/gu, '').length;
  return letters.length > 20 && small / letters.length < 0.15;
}

/** `ETH/BTC` is one against the other, which is neither of them. */
function withoutCrosses(tokens: readonly Token[], found: Mention[], problems: string[]): Mentions {
  const crossed = new Set<Mention>();
  for (const [index, mention] of found.entries()) {
    const next = found[index + 1];
    if (!next || next.at !== mention.at + 2 || tokens[mention.at + 1]?.text !== '/') continue;
    if (next.symbol === mention.symbol) continue;
    crossed.add(mention).add(next);
    problems.push(`${mention.symbol}/${next.symbol} is not an instrument here`);
  }
  return { found: found.filter((mention) => !crossed.has(mention)), problems };
}
