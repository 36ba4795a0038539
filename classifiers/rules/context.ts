import type { Token } from './tokens.ts';

/** Where one thought ends and the next begins inside a sentence. */
const JOINTS = new Set([
  ',',
  ':',
  '(',
  ')',
  '|',
  'but',
  'then',
  'now',
  'so',
  'though',
  'although',
  'because',
  'cuz',
]);

const endsClause = (token: Token, sentence: number): boolean =>
  token.sentence !== sentence || token.kind === 'break' || JOINTS.has(token.lower);

const isWordy = ({ kind }: Token): boolean => kind === 'word' || kind === 'tag' || kind === 'pair';

/** Up to `count` words before a token in its clause, in reading order. */
export function precedingWords(tokens: readonly Token[], at: number, count: number): string[] {
  const words: string[] = [];
  const sentence = tokens[at]?.sentence ?? 0;
  for (let index = at - 1; index >= 0 && words.length < count; index -= 1) {
    const token = tokens[index];
    if (!token || endsClause(token, sentence)) break;
    if (isWordy(token)) words.unshift(token.lower);
  }
  return words;
}

/** Up to `count` words after a token in its clause. */
export function followingWords(tokens: readonly Token[], at: number, count: number): string[] {
  const words: string[] = [];
  const sentence = tokens[at]?.sentence ?? 0;
  for (let index = at + 1; index < tokens.length && words.length < count; index += 1) {
    const token = tokens[index];
    if (!token || endsClause(token, sentence)) break;
    if (isWordy(token)) words.push(token.lower);
  }
  return words;
}

/** The words of the clause around a token, up to `count` on either side, without the token itself. */
export const around = (tokens: readonly Token[], at: number, count = 12): string[] => [
  ...precedingWords(tokens, at, count),
  ...followingWords(tokens, at, count),
];

/** Whether the sentence of a token ends in a question mark. */
export function isQuestion(tokens: readonly Token[], at: number): boolean {
  const sentence = tokens[at]?.sentence;
  const end = tokens.slice(at).find((token) => token.kind === 'break' && token.sentence === sentence);
  return end?.text.includes('?') ?? false;
}
