import {
  deadline,
  observe,
  trailingStopFor,
  type ExitFire,
  type ExitState,
  type PriceObservation,
} from '#domain/exit-engine.ts';
import { direction, type Side } from '#domain/ids.ts';
import { Amount, decimalString, type DecimalString } from '#domain/money.ts';
import { nearestBetter } from '#domain/trigger-book/nearest.ts';
import { trailTriggers } from '#domain/trigger-book/trail-triggers.ts';
import { createTriggerBook, type TriggerBook, type Triggers } from '#domain/trigger-book/trigger-book.ts';

/** An exit that fired, and the key of its position. */
export type BookFire<Key> = ExitFire & { key: Key };

/**
 * All open positions of one instrument under the rules of the exit engine. It holds a trigger book against `observe`: a
 * price has the effect that `observe` has on every position, at the cost of the positions that change.
 */
export interface ExitBook<Key> {
  readonly size: number;
  /** Adds a position that is open, or changes one; its peak is the one of the state. */
  set(key: Key, state: ExitState): void;
  remove(key: Key): void;
  /** A position as it stands after the last price; null for one that is closed or was never added. */
  state(key: Key): ExitState | null;
  /**
   * Feeds a price and returns the exits that fired, in the order of the way the price went there: the first level on it first,
   * at one level those added first. Positions that are closed leave the book.
   */
  feed(observation: PriceObservation): BookFire<Key>[];
}

interface Entry<Key> {
  key: Key;
  /** When it was added, as a running number. */
  added: number;
  /** As of the last time something happened to it. */
  state: ExitState;
}

export function createExitBook<Key>(): ExitBook<Key> {
  const entries = new Map<Key, Entry<Key>>();
  const books: Record<Side, TriggerBook<Entry<Key>>> = {
    long: createTriggerBook('long'),
    short: createTriggerBook('short'),
  };
  let additions = 0;
  let lastPrice: number | null = null;

  function remove(key: Key): void {
    const entry = entries.get(key);
    if (entry) books[entry.state.side].remove(entry);
    entries.delete(key);
  }

  function put(entry: Entry<Key>, state: ExitState): void {
    entry.state = state;
    books[state.side].set(entry, triggersOf(state));
  }

  /** Applies a price to a position that it touches. */
  function judge(entry: Entry<Key>, observation: PriceObservation): BookFire<Key>[] {
    const step = observe(currentState(entry), observation);
    if (step.state.remaining === 0) remove(entry.key);
    else put(entry, step.state);
    return step.fires.map((fire) => ({ ...fire, key: entry.key }));
  }

  const currentState = (entry: Entry<Key>): ExitState =>
    withPeak(entry.state, books[entry.state.side].peakOf(entry));

  return {
    get size() {
      return entries.size;
    },
    set(key, state) {
      const known = entries.get(key);
      if (known && known.state.side !== state.side) remove(key);
      const entry = entries.get(key) ?? { key, added: additions++, state };
      entries.set(key, entry);
      put(entry, state);
    },
    remove,
    state(key) {
      const entry = entries.get(key);
      return entry ? currentState(entry) : null;
    },
    feed(observation) {
      const price = Number(observation.price);
      const way = lastPrice === null ? 0 : Math.sign(price - lastPrice);
      lastPrice = price;
      const longs = books.long.touched(price, observation.t);
      const shorts = books.short.touched(price, observation.t);
      if (longs.length === 0 && shorts.length === 0) return [];
      return [...longs, ...shorts]
        .sort((a, b) => a.added - b.added)
        .flatMap((entry) => judge(entry, observation))
        .sort((a, b) => (Number(a.price) - Number(b.price)) * way);
    },
  };
}

/** The state once its peak has come to be this one: the stop has followed. */
function withPeak(state: ExitState, best: number): ExitState {
  if (best === Number(state.peak)) return state;
  const { barriers, side, entryPrice, stop } = state;
  const peak = decimalString(new Amount(best));
  const trail = trailingStopFor(barriers.trailing, side, entryPrice, peak);
  if (trail === null || (stop !== null && !isTighter(side, trail, stop.price))) return { ...state, peak };
  return { ...state, peak, stop: { price: trail, kind: 'trailing_stop' } };
}

const isTighter = (side: Side, price: DecimalString, than: DecimalString): boolean =>
  direction(side) * (Number(price) - Number(than)) > 0;

function triggersOf(state: ExitState): Triggers {
  const { barriers, side, entryPrice, peak, stop, targetsFilled } = state;
  const trail = trailTriggers({ steps: barriers.trailing, side, entryPrice, peak });
  const target = barriers.targets[targetsFilled];
  return {
    worse: stop === null ? null : Number(stop.price),
    better: nearestBetter(side, trail.better, target ? Number(target.price) : null),
    peak: Number(peak),
    trailPct: trail.trailPct,
    dueAt: deadline(state),
  };
}
