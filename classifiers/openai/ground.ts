import { MAX_TAKE_PROFITS, type Barriers, type Level, type TakeProfit } from '#domain/barriers.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import { amount, decimalString, isDecimalString, type DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { TradeIdea } from '../classifier.ts';
import { problemOf } from '../idea-problem.ts';
import { planConfidence, round } from '../plan-confidence.ts';
import { priceOf } from '../price-of.ts';
import { equalPart } from '../rules/plan/targets.ts';
import type { AnsweredIdea, AnsweredLevel } from './answer-schema.ts';
import type { Post } from './post.ts';
import { canMean, numbersOf, sideOf } from './quotes.ts';
import type { Owners } from './owners.ts';
import { groundedSymbol } from './ground-symbol.ts';

/** An idea as far as the text bears it out. */
export interface Grounded {
  /** Null where instrument or side do not stand in the text. */
  idea: TradeIdea | null;
  /** The parts that were left out, for a person to read. */
  leftOut: string[];
}

/** Returns an idea of the model with the parts whose quotes stand in the text, say what it claims, and are about its instrument. */
export function groundIdea(answered: AnsweredIdea, post: Post, owners: Owners): Grounded {
  const symbol = groundedSymbol(answered, post);
  if (symbol === null)
    return { idea: null, leftOut: [`${named(answered)}: the text does not name ${answered.symbol}`] };
  if (!isSideGrounded(answered, symbol, { ...post, ...owners }))
    return { idea: null, leftOut: [`${named(answered)}: the text does not say ${answered.side}`] };
  const { parts, leftOut } = groundParts(answered, ofInstrument(symbol, post, owners));
  const barriers = { ...barriersOf(parts), ...followingExits(symbol, answered.side, post) };
  const plan = { symbol, side: answered.side, entry: parts.entry, leverage: parts.leverage, barriers };
  const isStopLost = parts.stop === null && post.namesStop;
  const problem = isStopLost ? refusal('stop_unreadable') : problemOf(plan, priceOf(symbol, post.prices));
  const confidence = round(Math.min(answered.confidence, planConfidence(plan)));
  return { idea: { ...plan, problem, confidence }, leftOut };
}

/** Shortened: the model's words may be as long as it likes. */
const named = ({ side, symbol }: AnsweredIdea): string => `left out ${side} ${symbol.slice(0, 20)}`;

/** The words of the quote take the side, next to the instrument; or the rules read it from the text as a whole. */
function isSideGrounded(
  { side, sideQuote }: AnsweredIdea,
  symbol: Symbol,
  { holdsAsOwn, rules, isSideOf }: Post & Owners,
): boolean {
  if (!holdsAsOwn(sideQuote)) return false;
  const said = sideOf(sideQuote);
  const isRead =
    rules.label === 'call' && rules.ideas.some((idea) => idea.symbol === symbol && idea.side === side);
  return isRead ? said === null || said === side : said === side && isSideOf(sideQuote, symbol);
}

/** The post as far as its levels are about one instrument. */
const ofInstrument = (symbol: Symbol, post: Post, { isLevelOf }: Owners): Post => ({
  ...post,
  holds: (quote) => post.holds(quote) && isLevelOf(quote, symbol),
});

interface Parts {
  entry: DecimalString | null;
  stop: Level | null;
  targets: Level[];
  leverage: number | null;
}

function groundParts(answered: AnsweredIdea, post: Post): { parts: Parts; leftOut: string[] } {
  const leftOut: string[] = [];
  const keep = <Part>(what: string, claimed: { value: string } | null, part: Part | null): Part | null => {
    if (claimed !== null && part === null)
      leftOut.push(`left out ${what} ${claimed.value.slice(0, 20)}, which the text does not hold`);
    return part;
  };
  const { entry, stop, targets, leverage } = answered;
  return {
    parts: {
      entry: keep('entry', entry, entry && entryIn(entry, post)),
      stop: keep('stop', stop, stop && levelIn(stop, post)),
      targets: targets
        .slice(0, MAX_TAKE_PROFITS)
        .flatMap((target) => keep('target', target, levelIn(target, post)) ?? []),
      leverage: keep('leverage', leverage, leverage && leverageIn(leverage, post)),
    },
    leftOut,
  };
}

const MAX_PCT = 1_000;
/** Percents beside one of these words are of the margin, not of the price. */
const OF_MARGIN = /\b(?:roi|roe|margin|pnl|leveraged)\b/iu;

function levelIn({ quote, value, unit }: AnsweredLevel, { text, holds }: Post): Level | null {
  if (!isDecimalString(value) || !amount(value).gt(0) || !holds(quote)) return null;
  if (unit === 'percent' && (OF_MARGIN.test(text) || Number(value) >= MAX_PCT)) return null;
  const wanted = unit === 'percent' ? 'percent' : 'plain';
  const stands = numbersOf(quote).some((number) => number.unit === wanted && canMean(number, value));
  if (!stands) return null;
  return unit === 'percent' ? { pct: Number(value) } : { price: decimalString(amount(value)) };
}

/** A price of the quote, or the middle of its two. */
function entryIn(answered: AnsweredLevel, post: Post): DecimalString | null {
  const level = levelIn({ ...answered, unit: 'price' }, post);
  if (level && 'price' in level) return level.price;
  const { quote, value } = answered;
  if (!isDecimalString(value) || !amount(value).gt(0) || !post.holds(quote)) return null;
  const [one, other, ...more] = numbersOf(quote).filter(({ unit }) => unit === 'plain');
  if (!one || !other || more.length > 0) return null;
  return amount(one.value).add(other.value).div(2).eq(value) ? decimalString(amount(value)) : null;
}

const MAX_LEVERAGE = 1_000;

function leverageIn({ quote, value }: { quote: string; value: string }, { holds }: Post): number | null {
  const leverage = Number(value);
  if (!isDecimalString(value) || leverage < 1 || leverage > MAX_LEVERAGE || !holds(quote)) return null;
  const stands = numbersOf(quote).some(
    (number) => ['times', 'plain'].includes(number.unit) && canMean(number, value),
  );
  return stands ? Math.floor(leverage) : null;
}

const barriersOf = ({ stop, targets }: Parts): Barriers => ({
  ...(stop && { stopLoss: stop }),
  ...(targets.length > 0 && {
    takeProfits: targets.map((target, index): TakeProfit => ({
      ...target,
      fraction: equalPart(index, targets.length),
    })),
  }),
});

/** Trail and break-even are read by the rules alone. */
function followingExits(symbol: Symbol, side: Side, { rules }: Post): Barriers {
  const { trailing, breakEven } =
    rules.ideas.find((idea) => idea.symbol === symbol && idea.side === side)?.barriers ?? {};
  return { ...(trailing && { trailing }), ...(breakEven && { breakEven }) };
}
