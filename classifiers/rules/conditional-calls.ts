import type { Side, Symbol } from '#domain/ids.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import type { ConditionalCall, MessageKind } from '../classifier.ts';
import { CANDLE } from './follow-ups/patterns.ts';
import { toCall } from './idea.ts';
import type { Reading } from './reading.ts';
import { read } from './classifier.ts';
import { findMentions } from './symbols.ts';
import { tokenise, type Token } from './tokens.ts';

/** Kinds of message that call nothing, whatever they wait for. */
const NEVER: readonly MessageKind[] = [
  'paper',
  'instructions',
  'advert',
  'news',
  'result',
  'cancel',
  'close',
];

const HOUR_MS = 3_600_000;
/** A call that names no end waits so long. */
const DEFAULT_WAIT_MS = 24 * HOUR_MS;
/** No call waits longer, whatever it says. */
const LONGEST_WAIT_MS = 7 * DEFAULT_WAIT_MS;

/**
 * Returns the calls of a post that wait for a price ("long BTC if it breaks 70k"): each with the price, the side it has to
 * come from, and how long the call holds. Calls that wait for anything else, as for the close of a candle, are left
 * out. Never throws.
 */
export function readConditionalCalls(
  text: string,
  prices: ReadonlyMap<Symbol, DecimalString> = new Map(),
): ConditionalCall[] {
  const { tokens } = tokenise(text);
  const words = tokens.map(({ lower }) => lower).join(' ');
  const { readings, surroundings } = read(text, prices);
  if (CANDLE.test(words) || surroundings.kinds.some((kind) => NEVER.includes(kind))) return [];
  // Of several instruments nobody can say which of them the price is for.
  if (new Set(findMentions(tokens).found.map(({ symbol }) => symbol)).size !== 1) return [];
  const calls = readings.filter(({ cue }) => cue.kind === 'call');
  const waiting = calls.filter(({ cue }) => cue.standing === 'conditional');
  const [first] = waiting;
  if (!first || calls.some(({ cue }) => cue.side !== first.cue.side)) return [];
  const until = conditionOf(tokens, first);
  if (until === null) return [];
  const idea = { ...toCall(waiting, readings), entry: until.price };
  return [{ idea, ...until, waitMs: waitOf(words) }];
}

type Condition = Pick<ConditionalCall, 'from' | 'price'>;

const UP = /^(?:above|over|reclaim(?:s|ed|ing)?|clears?|>)$/u;
const DOWN = /^(?:below|under|los(?:e|es|ing)|breakdown|<)$/u;
/** By themselves they say no side: a long waits for a break upwards, a short for one downwards. */
const EITHER = /^(?:breaks?|breakout|broken|stop)$/u;
/** Words that may stand between the condition and its price. */
const BETWEEN = /^(?:of|the|at|a|price|level|through|past|@|:|=|on|break|back)$/u;

/** Returns the price that a reading waits for; null when it names none, or several. */
function conditionOf(tokens: readonly Token[], { cue, plan }: Reading): Condition | null {
  const found = tokens.flatMap((token, at): Condition[] => {
    const from = sideOf(token.lower, cue.side);
    const price = from === null ? null : priceAfter(tokens, at);
    return from === null || price === null ? [] : [{ from, price }];
  });
  const planned: Condition[] =
    plan.from !== null && plan.entry !== null ? [{ from: plan.from, price: plan.entry }] : [];
  const [only, ...others] = planned.length > 0 ? planned : found;
  if (!only || others.some(({ price }) => !amount(price).eq(only.price))) return null;
  // A stop of its own that the words "above" or "below" stand at is no condition.
  const { stopLoss } = plan.barriers;
  return stopLoss && 'price' in stopLoss && amount(stopLoss.price).eq(only.price) ? null : only;
}

function sideOf(word: string, side: Side): Condition['from'] | null {
  if (UP.test(word)) return 'above';
  if (DOWN.test(word)) return 'below';
  if (!EITHER.test(word)) return null;
  return side === 'long' ? 'above' : 'below';
}

/** Returns the price right behind a word of condition, or behind the words that may stand between. */
function priceAfter(tokens: readonly Token[], at: number): DecimalString | null {
  for (let index = at + 1; index <= at + 4; index += 1) {
    const token = tokens[index];
    if (!token || token.kind === 'break') return null;
    if (token.number)
      return token.number.unit === 'plain' && token.number.other === null ? token.number.value : null;
    if (!BETWEEN.test(token.lower) && !UP.test(token.lower) && !DOWN.test(token.lower)) return null;
  }
  return null;
}

const STATED =
  /\b(?:valid|good|expires?|expiry|expiring|holds?)\b(?: (?:for|in|within|until|the|next|is|:))* (\d{1,3}) ?(h|hrs?|hours?|d|days?)\b/u;

/** Returns how long the call holds, as its words say, in ms. */
function waitOf(words: string): number {
  const [, count, unit] = STATED.exec(words) ?? [];
  if (count === undefined || unit === undefined) return DEFAULT_WAIT_MS;
  return Math.min(LONGEST_WAIT_MS, Number(count) * (unit.startsWith('h') ? HOUR_MS : 24 * HOUR_MS));
}
