import type { Side } from '#domain/ids.ts';
import { isConditional } from './conditions.ts';
import { around, followingWords, isQuestion, precedingWords } from './context.ts';
import type { FollowUpKind } from './follow-ups/follow-up.ts';
import * as lexicon from './lexicon.ts';
import { isAddedTo } from './plainness.ts';
import type { Token } from './tokens.ts';

/**
 * The part that a word like `long` plays in its sentence: a call that the author makes now, or one of the many things
 * that only sound like it.
 */
export type Standing =
  | 'live'
  | 'negated'
  | 'closing'
  | 'report'
  | 'others'
  | 'conditional'
  | 'question'
  | FollowUpKind;

export interface Cue {
  at: number;
  side: Side;
  kind: 'call' | 'opinion';
  standing: Standing;
  /** Said with reserve: maybe, thinking about, small. */
  hedged: boolean;
  /** In the past tense: fresh news of an entry, or a report of one. */
  done: boolean;
}

/** Every word that takes a side, in order. */
export function findCues(tokens: readonly Token[]): Cue[] {
  const cues: Cue[] = [];
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'tag') continue;
    const call = lexicon.CALL_WORDS.get(token.lower);
    const opinion = lexicon.OPINION_WORDS.get(token.lower);
    if (call && !isOtherMeaning(tokens, at)) {
      const standing = standingOf(tokens, at);
      cues.push({ at, ...call, kind: 'call', standing, hedged: isHedged(tokens, at) });
    } else if (opinion) {
      cues.push({
        at,
        side: opinion,
        kind: 'opinion',
        standing: standingOf(tokens, at),
        hedged: false,
        done: false,
      });
    }
  }
  return cues;
}

/** "long-term", "in short,", "how long", "short squeeze", "sell pressure". */
function isOtherMeaning(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1];
  const next = tokens[at + 1];
  const after = next?.text === '-' ? tokens[at + 2] : next;
  if (before && lexicon.BEFORE_NO_SIDE.has(before.lower)) return true;
  if (tokens[at]?.lower === 'sold' && ['out', 'off'].includes(next?.lower ?? '')) return true;
  if (before?.lower === 'in' && next?.text === ',') return true;
  // "long/short ratio" is a number, "buy/sell" a choice.
  if (isPaired(tokens, at, 1) || isPaired(tokens, at, -1) || isQuoted(tokens, at)) return true;
  if (isAlertService(tokens, at)) return true;
  return after !== undefined && lexicon.AFTER_NO_SIDE.has(after.lower);
}

const isPaired = (tokens: readonly Token[], at: number, step: 1 | -1): boolean =>
  ['/', '|'].includes(tokens[at + step]?.text ?? '') &&
  lexicon.CALL_WORDS.has(tokens[at + 2 * step]?.lower ?? '') &&
  lexicon.CALL_WORDS.get(tokens[at + 2 * step]?.lower ?? '')?.side !==
    lexicon.CALL_WORDS.get(tokens[at]?.lower ?? '')?.side;

/** "buy and sell alerts" are a service on offer. */
const isAlertService = (tokens: readonly Token[], at: number): boolean =>
  ['and', '&', 'or', '/'].includes(tokens[at + 1]?.lower ?? '') &&
  lexicon.CALL_WORDS.has(tokens[at + 2]?.lower ?? '') &&
  lexicon.AFTER_NO_SIDE.has(tokens[at + 3]?.lower ?? '');

/** Several words between quotation marks, in a text that goes on outside of them, are not the author's. */
export function isQuoted(tokens: readonly Token[], at: number): boolean {
  const marks = [/^["\u201C\u201D]$/u, /^'$/u]
    .map((quote) => tokens.flatMap(({ text }, index) => (quote.test(text) ? [index] : [])))
    .find((places) => places.length === 2);
  if (!marks || tokens.some(({ text }) => text === '{')) return false;
  const [from = 0, to = 0] = marks;
  const wordsIn = tokens.slice(from, to).filter(({ kind }) => kind !== 'mark').length;
  const wordsOut = tokens.filter(({ kind }, index) => kind === 'word' && (index < from || index > to)).length;
  return at > from && at < to && wordsIn > 1 && wordsOut > 1;
}

/** Returns the standing of a word that takes a side in its sentence. */
export function standingOf(tokens: readonly Token[], at: number): Standing {
  const before = precedingWords(tokens, at, 6);
  const clause = around(tokens, at);
  if (isNegated(before, tokens[at])) return 'negated';
  if (isClosing(tokens, at, before)) return 'closing';
  if (speaksOfOthers(precedingWords(tokens, at, 14)) || isSaidByOthers(tokens, at)) return 'others';
  if (isSomebodyElse(tokens[at], before)) return 'others';
  if (isPast(untilExit(tokens, at)) || isMemory(tokens, at, clause)) return 'report';
  if (isConditional(tokens, at)) return 'conditional';
  return isQuestion(tokens, at) ? 'question' : 'live';
}

/** "yesterday", "weeks ago", but not "a minute ago". */
const isPast = (words: readonly string[]): boolean =>
  words.some(
    (word, index) =>
      (lexicon.PAST.has(word) && !(word === 'ago' && /^(?:min|sec|moment)/u.test(words[index - 1] ?? ''))) ||
      (word === 'morning' && words[index - 1] === 'this'),
  );

/** "Cramer says buy TSLA", "Analyst: buy NVDA", but not "our desk recommends". */
function isSaidByOthers(tokens: readonly Token[], at: number): boolean {
  const sentence = tokens[at]?.sentence;
  const said = tokens
    .slice(0, at)
    .filter((token) => token.sentence === sentence)
    .slice(-8);
  const words = said.map(({ lower }) => lower);
  if (words.some((word) => ['i', 'we', 'our', 'my', 'desk', 'strategy'].includes(word))) return false;
  if (words.some((word) => lexicon.SAYING.has(word))) return true;
  const colon = words.lastIndexOf(':');
  return words.slice(0, Math.max(colon, 0)).some((word) => lexicon.OTHERS.has(word));
}

/** The sides of other people are not the author's; the sides of "our analysts" are. */
const speaksOfOthers = (before: readonly string[]): boolean =>
  before.some((word) => lexicon.OTHERS.has(word)) &&
  !before.some((word) => ['our', 'recommend', 'recommends'].includes(word));

/** "El Salvador is buying BTC", but not "I am buying". */
function isSomebodyElse(token: Token | undefined, before: readonly string[]): boolean {
  if (!token?.lower.endsWith('ing') || !['is', 'are', 'keeps', 'continues'].includes(before.at(-1) ?? ''))
    return false;
  return !before.some((word) => ['i', 'we', 'im'].includes(word));
}

/** The words around a side up to where its exits begin: "stop at yesterday's low" is no report. */
function untilExit(tokens: readonly Token[], at: number): string[] {
  const after = followingWords(tokens, at, 12);
  const end = after.findIndex((word) => lexicon.EXIT_WORDS.has(word));
  return [...precedingWords(tokens, at, 12), ...(end === -1 ? after : after.slice(0, end))];
}

/** "my long is up 5%", "bought back in 2017" */
const isMemory = (tokens: readonly Token[], at: number, clause: readonly string[]): boolean =>
  (precedingWords(tokens, at, 2).includes('my') && !isAddedTo(precedingWords(tokens, at, 5))) ||
  (clause.includes('back') && lexicon.CALL_WORDS.get(tokens[at]?.lower ?? '')?.done === true);

function isNegated(before: readonly string[], token: Token | undefined): boolean {
  const last = before.at(-1);
  if (last === 'stop' && token?.lower.endsWith('ing')) return true;
  const index = before.findLastIndex((word) => lexicon.NEGATORS.has(word));
  if (index === -1) return false;
  return !before.slice(index + 1).some((word) => lexicon.NEGATOR_BREAKERS.has(word));
}

const SELLING = new Set(['sell', 'selling', 'sold']);

function isClosing(tokens: readonly Token[], at: number, before: readonly string[]): boolean {
  const after = followingWords(tokens, at, 4);
  const sells = SELLING.has(tokens[at]?.lower ?? '');
  if (after[0] === 'to' && ['cover', 'close'].includes(after[1] ?? '')) return true;
  if (/^(?:buy|buying|bought)$/u.test(tokens[at]?.lower ?? '') && isBuyingBack(after)) return true;
  if (sells && after.slice(0, 2).some((word) => lexicon.OWNED.has(word))) return true;
  if (after.some((word) => lexicon.CLOSED_AFTER.has(word))) return true;
  if (before.some((word, index) => word === 'out' && before[index + 1] === 'of')) return true;
  return before.some((word, index) => lexicon.CLOSING.has(word) && before[index + 1] !== 'to');
}

/** "buy back the short", but not "buying back in". */
const isBuyingBack = ([first, second]: readonly string[]): boolean =>
  first === 'back' && !['in', 'into', 'at', undefined].includes(second);

function isHedged(tokens: readonly Token[], at: number): boolean {
  const words = [...precedingWords(tokens, at, 6), ...around(tokens, at, 4)];
  return words.some((word) => lexicon.HEDGES.has(word));
}
