import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { ClassifiedMessage, Classifier, MessageKind } from '../classifier.ts';
import { priceOf } from '../price-of.ts';
import { findBreakEvens, type WrittenBreakEven } from './break-even.ts';
import { findFollowUps } from './follow-ups/find-follow-ups.ts';
import { MACHINE_MARKS } from './follow-ups/patterns.ts';
import type { FollowUp } from './follow-ups/follow-up.ts';
import { withFollowUps } from './follow-ups/with-follow-ups.ts';
import { bindCues, symbolsOf, type Group } from './groups.ts';
import { impliedCues } from './implied-side.ts';
import { findLevels } from './levels/find-levels.ts';
import type { FoundLevels, LevelRole, WrittenLevel } from './levels/level.ts';
import { newTradesIn } from './new-trades.ts';
import { isPlainCall } from './plainness.ts';
import { planFrom } from './plan/plan.ts';
import type { Reading } from './reading.ts';
import { findCues, type Cue } from './sides.ts';
import { findMentions, type Mention } from './symbols.ts';
import { tokenise, type Token } from './tokens.ts';
import { judge, type Surroundings } from './verdict.ts';

/** Name and version of the rules. */
export const RULES_NAME = 'rules/3';

/**
 * Reads posts by rules: explicit calls with their entry, stop, targets, leverage and trail, and plain opinions.
 * Never throws; a text at given prices always gets one result.
 */
export function createRulesClassifier(): Classifier {
  return {
    name: RULES_NAME,
    classify: async ({ text, prices }) => classifyText(text, prices),
  };
}

const NO_PRICES: ReadonlyMap<Symbol, DecimalString> = new Map();

/** Returns the classification of a text; `prices` holds the known prices of instruments at its time. */
export function classifyText(
  text: string,
  prices: ReadonlyMap<Symbol, DecimalString> = NO_PRICES,
): ClassifiedMessage {
  const { readings, surroundings } = read(text, prices);
  return judge(readings, surroundings);
}

/** Returns every side that a text takes in an instrument, with all that belongs to it, and what else the text holds. */
export function read(
  text: string,
  prices: ReadonlyMap<Symbol, DecimalString>,
): { readings: Reading[]; surroundings: Surroundings } {
  const { tokens, isForeign, isTranslated } = tokenise(text);
  const { found, problems } = findMentions(tokens);
  const groups = bindCues(tokens, cuesOf(tokens, found), found);
  const callGroups = groups.filter(({ cue }) => cue.kind === 'call');
  const { levels, unreadStops } = findLevels(tokens, anchorsOf(callGroups, found));
  const followUps = findFollowUps(tokens, found, { hasLevels: haveLevels(levels), isTranslated });
  const message: Message = {
    tokens,
    callGroups,
    levels,
    unreadStops,
    breakEvens: findBreakEvens(tokens),
    followUps,
    newTrades: newTradesIn(tokens),
    prices,
  };
  const readings = groups.flatMap((group) => readingsOf(group, message));
  const kinds = followUps.map(({ kind }): MessageKind => kind);
  if (MACHINE_MARKS.test(text)) kinds.unshift('instructions');
  return { readings, surroundings: { problems, kinds, isForeign: isForeign && !isTranslated } };
}

/** Everything that was found in a message. */
interface Message extends FoundLevels {
  tokens: readonly Token[];
  callGroups: readonly Group[];
  breakEvens: readonly WrittenBreakEven[];
  followUps: readonly FollowUp[];
  /** The sentences that announce a new trade. */
  newTrades: readonly number[];
  prices: ReadonlyMap<Symbol, DecimalString>;
}

/** The sides that words take, or else the one that the levels leave no doubt about. */
function cuesOf(tokens: readonly Token[], mentions: readonly Mention[]): Cue[] {
  const spoken = findCues(tokens);
  return spoken.some(({ kind }) => kind === 'call') ? spoken : [...spoken, ...impliedCues(tokens, mentions)];
}

/** The places right behind which an entry stands: the sides that are called, and their instruments. */
function anchorsOf(groups: readonly Group[], mentions: readonly Mention[]): ReadonlySet<number> {
  const called = new Set(groups.flatMap((group) => symbolsOf(group.mentions)));
  return new Set([
    ...mentions.filter(({ symbol }) => called.has(symbol)).map(({ at }) => at),
    ...groups.map(({ cue }) => cue.at),
  ]);
}

/** Whether a stop is named, or a target beside an entry. */
function haveLevels(levels: readonly WrittenLevel[]): boolean {
  const has = (role: LevelRole): boolean => levels.some((level) => level.role === role);
  return has('stop') || (has('target') && has('entry'));
}

/** Returns one reading for each instrument of a group. */
function readingsOf(group: Group, message: Message): Reading[] {
  const { tokens, callGroups, levels, breakEvens, unreadStops } = message;
  const isOwn = ({ at }: { at: number }) => ownerOf(callGroups, at) === group;
  const written = {
    levels: levels.filter(isOwn),
    breakEvens: breakEvens.filter(isOwn),
    hasUnreadStop: unreadStops.some((at) => isOwn({ at })),
  };
  const sentence = tokens[group.cue.at]?.sentence ?? 0;
  const planned = written.levels
    .filter(({ role }) => role === 'stop' || role === 'target')
    .map(({ at }) => tokens[at]?.sentence ?? 0);
  const newTrades = message.newTrades.filter((each) => each <= sentence);
  return symbolsOf(group.mentions).map((symbol, _index, symbols): Reading => {
    const price = priceOf(symbol, message.prices);
    const plan = planFrom({ ...written, symbol, side: group.cue.side, price });
    const isPlain = isPlainCall(tokens, group.cue.at, placesOf(group, symbol));
    const place = { symbol, sentence, plan, planned, newTrades, isPlain };
    const cue = withFollowUps(group.cue, place, message.followUps);
    return { symbol, cue, plan, price, shared: symbols.length > 1 };
  });
}

/** Levels belong to the call before them; levels before any call belong to the first. */
const ownerOf = (groups: readonly Group[], at: number): Group | undefined =>
  groups.findLast(({ start }) => start <= at) ?? groups[0];

/** Where a group names an instrument. */
const placesOf = ({ mentions }: Group, symbol: Symbol): number[] =>
  mentions.filter((mention) => mention.symbol === symbol).map(({ at }) => at);
