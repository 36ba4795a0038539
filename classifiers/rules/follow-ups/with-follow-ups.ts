import type { Side, Symbol } from '#domain/ids.ts';
import type { Plan } from '../plan/plan.ts';
import type { Cue } from '../sides.ts';
import type { FollowUp } from './follow-up.ts';

/** Where a reading stands in its message. */
export interface Place {
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

/** Returns a side with its standing in the message: said of a trade that exists already, or of none, it is no call. */
export function withFollowUps(cue: Cue, place: Place, followUps: readonly FollowUp[]): Cue {
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
