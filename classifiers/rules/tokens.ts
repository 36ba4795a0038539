import { numberStyle, readNumber, type NumberStyle, type WrittenNumber } from './numbers.ts';
import { inEnglish } from './languages/in-english.ts';
import { plainText } from './text.ts';
import { spelledOut } from './spelling.ts';

/**
 * - `word`: letters and digits. `tag`: the same behind `$` or `#`. `pair`: `BTC/USD`, `xyz:TSLA`.
 * - `number`: see {@link WrittenNumber}. `mark`: a single other character. `break`: the end of a sentence or line.
 */
export type TokenKind = 'word' | 'tag' | 'pair' | 'number' | 'mark' | 'break';

export interface Token {
  kind: TokenKind;
  /** As written, without `$` or `#`. */
  text: string;
  /** Lower case, without apostrophes. */
  lower: string;
  /** Which sentence it belongs to, from 0. */
  sentence: number;
  number: WrittenNumber | null;
  /** `$` or `#` for a tag, otherwise empty. */
  sigil: string;
}

const QUOTES = 'USDT|USDC|USD|PERP|EUR|GBP|JPY|CHF|CAD|AUD|NZD|MXN|SEK|NOK|SGD|HKD|CNH|ZAR|TRY|BRL|INR|KRW';

const TOKEN = new RegExp(
  [
    String.raw`(?<break>\n+|[.!?;]+(?=\s|$)|[!?;]+)`,
    String.raw`(?<pair>[$#]?[A-Z0-9]{2,12}[/_-](?:${QUOTES})(?![A-Z0-9]))`,
    String.raw`(?<market>(?-i:[a-z]{2,10}:[A-Z][A-Z0-9]{0,9})(?![A-Z0-9]))`,
    String.raw`(?<tag>[$#][A-Z][A-Z0-9]{0,14}(?![A-Z0-9]))`,
    String.raw`(?<number>(?<money>[$€£]?)(?<digits>\d+(?:[.,']\d+)*)(?<suffix>\s?%|\s?pips?|\s?points?|\s?pts|\s?ticks?|mn|bn|[kmbxr])?(?![\p{L}\d])(?<currency>\s?(?:USDT|USDC|USD|dollars?|bucks)(?![\p{L}\d/_-])|\s?[$€£](?![\p{L}\d]))?)`,
    String.raw`(?<word>[\p{L}\d]+(?:'\p{L}+)?)`,
    String.raw`(?<mark>\S)`,
  ].join('|'),
  'giu',
);

/** A message in tokens, and whether it holds writing that is not read. */
export interface Tokenised {
  tokens: Token[];
  isForeign: boolean;
  isTranslated: boolean;
}

/** Returns the tokens of a message in order, with the trading words of every language that is read in English. */
export function tokenise(text: string): Tokenised {
  const { text: english, ...writing } = inEnglish(plainText(text));
  return { tokens: split(spelledOut(english, writing.isTranslated)), ...writing };
}

function split(plain: string): Token[] {
  const style = numberStyle(plain);
  const tokens: Token[] = [];
  let sentence = 0;
  for (const match of plain.matchAll(TOKEN)) {
    const token = toToken(match, sentence, style);
    tokens.push(token);
    if (token.kind === 'break') sentence += 1;
  }
  return tokens;
}

function toToken(match: RegExpMatchArray, sentence: number, style: NumberStyle): Token {
  const groups = match.groups ?? {};
  const [whole] = match;
  const sigil = /^[$#](?=[A-Za-z])/u.exec(whole)?.[0] ?? '';
  const text = whole.slice(sigil.length);
  const token = { text, lower: text.toLowerCase().replaceAll("'", ''), sentence, number: null, sigil };
  if (groups['number'] !== undefined) return toNumberToken(token, groups, style);
  return { ...token, kind: kindOf(groups) };
}

function kindOf(groups: Record<string, string | undefined>): TokenKind {
  if (groups['market'] !== undefined) return 'pair';
  const kinds = ['break', 'pair', 'tag', 'word'] as const;
  return kinds.find((kind) => groups[kind] !== undefined) ?? 'mark';
}

function toNumberToken(
  token: Omit<Token, 'kind'>,
  groups: Record<string, string | undefined>,
  style: NumberStyle,
): Token {
  const written = {
    digits: groups['digits'] ?? '',
    suffix: groups['suffix'] ?? '',
    money: groups['money'] !== '' || groups['currency'] !== undefined,
  };
  const number = readNumber(written, style);
  return number ? { ...token, kind: 'number', number } : { ...token, kind: 'word' };
}
