import { precedingWords } from './context.ts';
import * as lexicon from './lexicon.ts';
import type { Token } from './tokens.ts';

/** Whether a word that takes a side waits for a price, a candle or an event in its sentence. */
export function isConditional(tokens: readonly Token[], at: number): boolean {
  if (isStopOrder(tokens, at)) return true;
  const sentence = tokens[at]?.sentence;
  for (const [index, token] of tokens.entries()) {
    if (token.sentence !== sentence || token.kind !== 'word') continue;
    if (
      lexicon.CONDITIONS.has(token.lower) &&
      !isAboutExit(tokens, index, at) &&
      !isAboutReader(tokens, index)
    )
      return true;
    if (isAlarm(tokens, index)) return true;
    if (isAwaited(tokens, index) || isPlanned(tokens, index)) return true;
    if (lexicon.TRIGGERS.has(token.lower) && isTrigger(tokens, index)) return true;
    if (index > at && token.lower === breakingWord(tokens, at) && isEntryLimit(tokens, at, index))
      return true;
  }
  return false;
}

/** `buy stop 65000`, `sell-stop 1.08`: an order that waits for the price to break through. */
function isStopOrder(tokens: readonly Token[], at: number): boolean {
  if (!['buy', 'sell'].includes(tokens[at]?.lower ?? '')) return false;
  const next = tokens[at + 1]?.text === '-' ? at + 2 : at + 1;
  if (tokens[at - 1]?.text === '-' && tokens[at - 2]?.lower === 'stop') return true;
  return (
    (tokens[next]?.lower === 'stop' && ['number', 'word'].includes(tokens[next + 1]?.kind ?? '')) ||
    (tokens[next]?.lower === 'stop' && ['@', ':'].includes(tokens[next + 1]?.text ?? ''))
  );
}

/** A long waits for a price above, a short for one below; the other way round it is a limit. */
const breakingWord = (tokens: readonly Token[], at: number): string =>
  lexicon.CALL_WORDS.get(tokens[at]?.lower ?? '')?.side === 'short' ? 'below' : 'above';

/** "if it closes below 41k I'm out" is about leaving; "if BTC breaks 45k" is about the entry. */
function isAboutExit(tokens: readonly Token[], at: number, cue: number): boolean {
  const before = precedingWords(tokens, at, 2).filter((word) => word !== tokens[cue]?.lower);
  if (before.some((word) => lexicon.LEAVING.has(word) || lexicon.EXIT_WORDS.has(word))) return true;
  const { sentence } = tokens[at] ?? {};
  for (let index = at + 1; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (!token || token.sentence !== sentence || token.text === ',' || token.text === '|') return false;
    if (lexicon.CALL_WORDS.has(token.lower)) return false;
    if (lexicon.EXIT_WORDS.has(token.lower)) return true;
  }
  return false;
}

/** "waiting for", but not "not waiting any longer". */
const isAwaited = (tokens: readonly Token[], at: number): boolean =>
  lexicon.WAITING.has(tokens[at]?.lower ?? '') && !['not', 'no'].includes(tokens[at - 1]?.lower ?? '');

/** "if you missed the first entry": what follows is for now. */
const isAboutReader = (tokens: readonly Token[], at: number): boolean =>
  tokens[at + 1]?.lower === 'you' &&
  ['missed', 'want', 'like', 'are', 'havent', 'didnt', 'trade'].includes(tokens[at + 2]?.lower ?? '');

/** "I plan to", "we plan on", but not "Trade plan:". */
const isPlanned = (tokens: readonly Token[], at: number): boolean =>
  tokens[at]?.lower === 'plan' && ['to', 'on'].includes(tokens[at + 1]?.lower ?? '');

/** "set alerts", "trigger 1.02": the price has to come there. */
function isAlarm(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at]?.lower ?? '';
  if (/^alerts?$/u.test(word)) return precedingWords(tokens, at, 2).includes('set');
  return word === 'trigger' && [tokens[at + 1], tokens[at + 2]].some((token) => token?.kind === 'number');
}

const isArticle = (word: string | undefined): boolean => ['a', 'an', 'the'].includes(word ?? '');

/** "on a break of", "on the retest", "after a reclaim". */
function isTrigger(tokens: readonly Token[], at: number): boolean {
  const words = precedingWords(tokens, at, 3);
  const start = words.findLastIndex((word) => ['on', 'after', 'upon'].includes(word));
  return start !== -1 && (start === words.length - 1 || isArticle(words[start + 1]));
}

/** "long above 45k", with nothing between the side and the limit that names a stop. */
function isEntryLimit(tokens: readonly Token[], at: number, limit: number): boolean {
  if (limit - at > 4 || tokens[limit + 1]?.kind !== 'number') return false;
  return !tokens.slice(at, limit).some(({ lower, text }) => lexicon.EXIT_WORDS.has(lower) || text === ',');
}
