import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradeInstruction } from '../classifier.ts';
import { isQuestion } from './context.ts';
import { findFollowUps } from './follow-ups/find-follow-ups.ts';
import type { FollowUpKind } from './follow-ups/follow-up.ts';
import { GUARD } from './follow-ups/patterns.ts';
import type { WrittenNumber } from './numbers.ts';
import { findCues, type Cue } from './sides.ts';
import { findMentions } from './symbols.ts';
import { tokenise, type Token } from './tokens.ts';

/** Kinds of follow-up that make a whole message no instruction, whatever its other sentences say. */
const NEVER: readonly FollowUpKind[] = ['instructions', 'paper', 'conditional', 'advert', 'news'];
/** Most instructions that are read from one message. */
const MOST = 10;

/**
 * Returns what a post says about trades that its author has: close, reduce, or move the stop. Reads only sentences that
 * `findFollowUps` calls a close or an update, or whose side is said to be closed; what may happen later is none.
 * Never throws.
 */
export function readInstructions(
  text: string,
  prices: ReadonlyMap<Symbol, DecimalString> = new Map(),
): TradeInstruction[] {
  const { tokens, isTranslated } = tokenise(text);
  const { found: mentions } = findMentions(tokens);
  const cues = findCues(tokens).filter(({ kind }) => kind === 'call');
  const followUps = findFollowUps(tokens, mentions, { hasLevels: false, isTranslated });
  if (followUps.some(({ kind }) => NEVER.includes(kind))) return [];
  const sentences = Map.groupBy(tokens.entries(), ([, { sentence }]) => sentence);
  const read = [...sentences].flatMap(([sentence, entries]) => {
    const isOf = ({ at }: { at: number }) => tokens[at]?.sentence === sentence;
    const said = entries.map(([, token]) => token);
    const part: Part = {
      tokens: said,
      words: said.map(({ kind, text: written, lower }) => (kind === 'number' ? written : lower)).join(' '),
      kinds: followUps.filter((each) => each.sentence === sentence).map(({ kind }) => kind),
      cues: cues.filter(isOf),
    };
    const [first] = entries;
    if (first === undefined || isQuestion(tokens, first[0]) || isOther(part.words)) return [];
    const subjects = subjectsOf([...mentions.filter(isOf), ...part.cues], [...mentions, ...cues]);
    const [only, ...others] = subjects;
    const price = only?.symbol ? (prices.get(only.symbol) ?? null) : null;
    return actionsOf(part, price).flatMap((action): TradeInstruction[] =>
      // One place of a stop cannot be meant for several instruments.
      action.action === 'move_stop' && others.length > 0
        ? []
        : subjects.map((subject) => ({ ...subject, ...action })),
    );
  });
  const different = new Map(read.map((each) => [JSON.stringify(each), each]));
  return [...different.values()].slice(0, MOST);
}

/** One sentence of a message. */
interface Part {
  tokens: readonly Token[];
  /** Its words in lower case, parted by spaces. */
  words: string;
  kinds: readonly FollowUpKind[];
  cues: readonly Cue[];
}

/** The instrument and side that a sentence speaks of, as far as it says. */
type Subject = Pick<TradeInstruction, 'symbol' | 'side'>;
type Action = Pick<TradeInstruction, 'action' | 'fraction' | 'stop'>;

const NOBODY: Subject = { symbol: null, side: null };

/** Returns what each instruction of a sentence is about: what it names, else the one instrument of the message. */
function subjectsOf(named: readonly Named[], all: readonly Named[]): Subject[] {
  const own = distinct(named);
  if (own.length > 0) return own;
  const others = distinct(all);
  if (others.length === 0) return [NOBODY];
  return others.length === 1 ? others : [];
}

/** A place at which a message names an instrument, or a side. */
type Named = { symbol: Symbol } | { side: Side };

/** Returns each instrument once, with the side where only one is named. */
function distinct(named: readonly Named[]): Subject[] {
  const sides = new Set(named.flatMap((each) => ('side' in each ? [each.side] : [])));
  const symbols = new Set(named.flatMap((each) => ('symbol' in each ? [each.symbol] : [])));
  const [side] = sides;
  return [...symbols].map((symbol) => ({ symbol, side: sides.size === 1 && side ? side : null }));
}

function actionsOf(part: Part, price: DecimalString | null): Action[] {
  const actions: Action[] = [];
  const isClosed = part.kinds.includes('close') || part.cues.some(({ standing }) => standing === 'closing');
  const stop = part.kinds.includes('update') ? stopOf(part, price) : null;
  if (isClosed) actions.push(exitOf(part.words));
  if (stop !== null) actions.push({ action: 'move_stop', stop });
  return actions;
}

/** Says what may happen later, which is no instruction for now. */
const MAYBE = new RegExp(
  `${GUARD.source}|\\b(?:tomorrow|later|tonight|soon|maybe|might|could|consider\\w*|wait\\w*|zou|zouden)\\b`,
  'u',
);

/** Says what somebody else does with a position. */
const OTHERS =
  /\b(?:he|she|they|hes|shes|theyre|his|her|their|whales?|funds?|insiders?|banks|institutions?|saylor|blackrock|microstrategy|grayscale|fidelity|somebody|someone|trader|friend|neighbou?r|colleague|coworker|brother|cousin|uncle|dad|mom|wife|husband|boss|smart money)\b/u;

/** Speaks of the end of a day or of a candle. */
const END_OF_TIME =
  /\bclos(?:e|ing) (?:of|price|at the end)\b|\b(?:daily|weekly|monthly|hourly|yesterdays?|fridays?|mondays?|market|session|us|europe|asia|london|new york) clos(?:e|ing)\b/u;

const isOther = (words: string): boolean => [MAYBE, OTHERS, END_OF_TIME].some((each) => each.test(words));

const TO_BREAK_EVEN =
  /\b(?:sl|stops?|stoploss|it|trade|trades|profits?)\b.{0,40}\b(?:to|at|in|into|on|now|=) ?(?:the |your |our |my )?(?:be|b ?\/ ?e|break ?-? ?even|entry|cost|entries)\b|\brisk ?-? ?free\b|\b(?:sl|stop|stoploss) ?[:=-]? ?(?:be|breakeven|entry)\b/u;

/** Returns where the stop is to go; null when the sentence names no place that can be read. */
function stopOf({ words, tokens }: Part, price: DecimalString | null): NonNullable<Action['stop']> | null {
  if (TO_BREAK_EVEN.test(words)) return 'break_even';
  const written = STOP.test(words) ? writtenPlace(tokens) : null;
  if (written === null) return null;
  const { value, other } = written;
  if (other === null) return { price: value };
  // Two readings of the digits: the market tells which.
  const near = price === null ? undefined : [value, other].find((each) => isNear(each, price));
  return near === undefined ? null : { price: near };
}

const STOP = /\b(?:sl|stops?|stoploss)\b/u;
const TO: readonly string[] = ['to', 'at', 'now', ':', '→', '='];

/** Returns the one price that a sentence names, or the one behind "to"; null when it names several or none. */
function writtenPlace(tokens: readonly Token[]): WrittenNumber | null {
  const prices = tokens.flatMap(({ number }, index) =>
    number?.unit === 'plain' ? [{ number, isGoal: TO.includes(tokens[index - 1]?.lower ?? '') }] : [],
  );
  const last = prices.at(-1);
  // "from 140 to 149", but not "to 140 and 149".
  const isOne = prices.length === 1 || (last?.isGoal && prices.filter(({ isGoal }) => isGoal).length === 1);
  return last && isOne ? last.number : null;
}

const isNear = (level: DecimalString, price: DecimalString): boolean => {
  const ratio = Number(level) / Number(price);
  return ratio > 0.5 && ratio < 2;
};

const WHOLE = /\b(?:rest|remaining|remainder|everything|all|fully|full|whole|completely)\b/u;
const PART: readonly (readonly [RegExp, number])[] = [
  [/\bhalf\b|\b1 ?\/ ?2\b/u, 0.5],
  [/\b(?:a )?third\b|\b1 ?\/ ?3\b/u, 0.33],
  [/\b(?:a )?quarter\b|\b1 ?\/ ?4\b/u, 0.25],
  [/\bthree quarters\b|\b3 ?\/ ?4\b/u, 0.75],
  [/\bmost\b/u, 0.75],
];
/** Words for a part of no named size: half is taken. */
const SOME =
  /\b(?:some|partials?|partially|partly|trim\w*|reduc\w*|scal(?:e|ing) out|off the table|a bit|a little)\b/u;
const PERCENT = /\b(\d{1,3}(?:\.\d+)?) ?%/u;

/** Returns a close, or a reduction by the part that the words name. */
function exitOf(words: string): Action {
  const percent = Number(PERCENT.exec(words)?.[1] ?? 0);
  if (percent > 0 && percent < 100 && !/[+-] ?\d+(?:\.\d+)? ?%/u.test(words))
    return { action: 'reduce', fraction: percent / 100 };
  const named = PART.find(([pattern]) => pattern.test(words));
  if (named) return { action: 'reduce', fraction: named[1] };
  if (SOME.test(words) && !WHOLE.test(words)) return { action: 'reduce', fraction: 0.5 };
  return { action: 'close' };
}
