import type { Side, Symbol } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { ClassifiedMessage, Classifier, MessageKind } from '../classifier.ts';
import { findBreakEvens } from './break-even.ts';
import type { FollowUp } from './follow-ups/follow-up.ts';
import { findFollowUps } from './follow-ups/find-follow-ups.ts';
import { bindCues, symbolsOf, type Group } from './groups.ts';
import { impliedCues } from './implied-side.ts';
import { findLevels } from './levels/find-levels.ts';
import type { LevelRole } from './levels/level.ts';
import { newTradesIn } from './new-trades.ts';
import { isPlainCall } from './plainness.ts';
import { planFrom, type Plan } from './plan/plan.ts';
import { findCues, type Cue } from './sides.ts';
import { findMentions } from './symbols.ts';
import { tokenise } from './tokens.ts';
import type { Reading } from './reading.ts';
import { judge } from './verdict.ts';

/**
 * Reads posts by rules: explicit calls with their entry, stop, targets, leverage and trail, and plain opinions.
 * Never throws; the same text at the same prices always gives the same answer.
 */
export function createRulesClassifier(): Classifier {
  return {
    name: 'rules/3',
    classify: async ({ text, prices }) => classifyText(text, prices),
  };
}

const NO_PRICES: ReadonlyMap<Symbol, DecimalString> = new Map();

/** Returns what the rules make of a text, with the prices of instruments at the time as far as they are known. */
export function classifyText(
  text: string,
  prices: ReadonlyMap<Symbol, DecimalString> = NO_PRICES,
): ClassifiedMessage {
  const { tokens, isForeign, isTranslated } = tokenise(text);
  const { found, problems } = findMentions(tokens);
  const spoken = findCues(tokens);
  const cues = spoken.some(({ kind }) => kind === 'call')
    ? spoken
    : [...spoken, ...impliedCues(tokens, found)];
  const groups = bindCues(tokens, cues, found);
  const callGroups = groups.filter(({ cue }) => cue.kind === 'call');
  const called = new Set(callGroups.flatMap(({ mentions }) => symbolsOf(mentions)));
  const anchors = new Set([
    ...found.filter(({ symbol }) => called.has(symbol)).map(({ at }) => at),
    ...callGroups.map(({ cue }) => cue.at),
  ]);
  const { levels, unreadStops } = findLevels(tokens, anchors);
  const breakEvens = findBreakEvens(tokens);
  const has = (role: LevelRole): boolean => levels.some((level) => level.role === role);
  const hasLevels = has('stop') || (has('target') && has('entry'));
  const followUps = findFollowUps(tokens, found, { hasLevels, isTranslated });
  const newTrades = newTradesIn(tokens);
  const readings = groups.flatMap((group) => {
    const isOwn = ({ at }: { at: number }) => ownerOf(callGroups, at) === group;
    const written = {
      levels: levels.filter(isOwn),
      breakEvens: breakEvens.filter(isOwn),
      hasUnreadStop: unreadStops.some((at) => isOwn({ at })),
    };
    return symbolsOf(group.mentions).map((symbol, _index, symbols): Reading => {
      const price = priceOf(symbol, prices);
      const plan = planFrom({ ...written, symbol, side: group.cue.side, price });
      const sentence = tokens[group.cue.at]?.sentence ?? 0;
      const planned = written.levels
        .filter(({ role }) => role === 'stop' || role === 'target')
        .map(({ at }) => tokens[at]?.sentence ?? 0);
      const cue = withFollowUps(
        group.cue,
        {
          symbol,
          sentence,
          plan,
          planned,
          newTrades: newTrades.filter((each) => each <= sentence),
          isPlain: isPlainCall(tokens, group.cue.at, placesOf(group, symbol)),
        },
        followUps,
      );
      return { symbol, cue, plan, price, shared: symbols.length > 1 };
    });
  });
  const kinds = followUps.map(({ kind }): MessageKind => kind);
  return judge(readings, { problems, kinds, isForeign: isForeign && !isTranslated });
}

/** Levels belong to the call before them; those before any call to the first. */
const ownerOf = (groups: readonly Group[], at: number): Group | undefined =>
  groups.findLast(({ start }) => start <= at) ?? groups[0];

/** Where a group names an instrument. */
const placesOf = ({ mentions }: Group, symbol: Symbol): number[] =>
  mentions.filter((mention) => mention.symbol === symbol).map(({ at }) => at);

/** The price of an instrument; that of a coin quoted in thousands is brought down to the single coin. */
function priceOf(symbol: Symbol, prices: ReadonlyMap<Symbol, DecimalString>): DecimalString | null {
  const thousands = prices.get(`k${symbol}`);
  return prices.get(symbol) ?? (thousands === undefined ? null : decimalString(amount(thousands).div(1_000)));
}

/** Where a reading stands in its message. */
interface Place {
  symbol: Symbol;
  sentence: number;
  plan: Plan;
  /** The sentences that name its stop and targets. */
  planned: readonly number[];
  /** The sentences up to its own that announce a new trade. */
  newTrades: readonly number[];
  /** Its sentence does little else than call. */
  isPlain: boolean;
}

/** A side that is said of a trade which exists already, or of none, is no call. */
function withFollowUps(cue: Cue, place: Place, followUps: readonly FollowUp[]): Cue {
  if (cue.standing !== 'live') return cue;
  const told = followUps.find((each) => concerns(each, place));
  if (told) return { ...cue, standing: told.kind };
  // Said with reserve and without a plan, a side is only considered.
  const isBare = cue.kind === 'call' && isBarePlan(place.plan);
  const isConsidered = cue.hedged && isBare;
  if (isConsidered || waits(cue.side, place.plan)) return { ...cue, standing: 'conditional' };
  return isBare && !place.isPlain ? { ...cue, standing: 'report' } : cue;
}

/** A plan names a stop and another level; without one the words have to make it a call. */
function isBarePlan({ barriers, entry, problem }: Plan): boolean {
  const named = [barriers.stopLoss, barriers.takeProfits, entry].filter(Boolean).length;
  return named < 2 || (!barriers.stopLoss && problem === null);
}

const ANYWHERE: readonly FollowUp['kind'][] = ['instructions', 'paper', 'conditional'];

/** Said of a trade that has ended: the new one behind it is another. */
const isOver = (kind: FollowUp['kind']): boolean =>
  kind === 'result' || kind === 'close' || kind === 'cancel';

function concerns({ kind, sentence, symbols }: FollowUp, place: Place): boolean {
  if (ANYWHERE.includes(kind) || sentence === place.sentence) return true;
  if (kind === 'advert' || kind === 'news') return false;
  if (isOver(kind) && !isBarePlan(place.plan) && place.newTrades.some((each) => each > sentence))
    return false;
  if (symbols.length > 0 && !symbols.includes(place.symbol)) return false;
  // A plan of its own is a call, even where a later sentence speaks of moving its stop or of closing.
  const isPlanned = place.planned.some((each) => each !== sentence);
  return !((kind === 'update' || kind === 'close') && isPlanned && sentence > place.sentence);
}

/** A long that is to be entered above a price waits for it, as a short below one. */
const waits = (side: Side, { from }: Plan): boolean => from === (side === 'long' ? 'above' : 'below');
