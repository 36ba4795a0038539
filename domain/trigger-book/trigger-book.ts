import { direction, type Side } from '../ids.ts';
import { grown } from './grown.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { justAbove } from './just-above.ts';
import { NONE } from './pairing-forest.ts';
import { PeakGroups } from './peak-groups.ts';

/** The levels and times that a position waits for. Between them nothing but its peak changes. */
export interface Triggers {
  /** The stop: touched at or through it on the losing side. */
  worse: number | null;
  /** The nearest target or the next step of a trail: touched at or through it on the winning side. */
  better: number | null;
  /** Best price so far. The book moves it. */
  peak: number;
  /** Touched when the price is this many percent of the peak behind the peak. */
  trailPct: number | null;
  /** Touched at this time, in epoch ms. */
  dueAt: number | null;
}

/**
 * The open positions of one instrument on one side, ordered by what they wait for, so that a price is compared with
 * the nearest levels only. A price that touches nothing costs two comparisons; one that does costs O(log n) for each
 * position touched, and a new peak amortised O(log n) whatever the number of positions that follow it.
 *
 * The book finds whom a price concerns, and never misses one; what it means to them is for their own rules to say,
 * in decimals. It may name a position one in 10^12 of its level too early.
 */
export interface TriggerBook<Key> {
  readonly size: number;
  /** Adds a position, or replaces its triggers. */
  set(key: Key, triggers: Triggers): void;
  remove(key: Key): void;
  has(key: Key): boolean;
  /** Returns the best price since the position was set; throws for one that is not in the book. */
  peakOf(key: Key): number;
  /**
   * Positions that a price or the time touches, in the order in which they were added. They fall silent, with the
   * peak they had before this price, until they are set again or removed: to be done before the next price.
   */
  touched(price: number, t: number): readonly Key[];
  /** Returns the positions whose time has come, as `touched` does without a price. */
  due(t: number): readonly Key[];
}

export const createTriggerBook = <Key>(side: Side): TriggerBook<Key> => new SideBook<Key>(direction(side));

const NOBODY: readonly never[] = [];

/** Inside the book prices are signed so that better is more: as they are for longs, negative for shorts. */
class SideBook<Key> implements TriggerBook<Key> {
  readonly #sign: 1 | -1;
  readonly #slots = new Map<Key, number>();
  readonly #keys: (Key | undefined)[] = [];
  readonly #freeSlots: number[] = [];
  /** Running number at which each slot was taken. */
  #added = new Float64Array(16);
  /** Peaks of the positions that were touched; the groups hold the peaks of the others. */
  #peaks = new Float64Array(16);
  #additions = 0;
  /** Losing-side levels by their negated price, the highest first. */
  readonly #worse = new IndexedHeap();
  readonly #better = new IndexedHeap();
  readonly #dues = new IndexedHeap();
  readonly #groups = new PeakGroups();
  /** No position is touched at a price between `#low` and `#high` before `#nextDue`. */
  #low = -Infinity;
  #high = Infinity;
  #nextDue = Infinity;

  constructor(sign: 1 | -1) {
    this.#sign = sign;
  }

  get size(): number {
    return this.#slots.size;
  }

  set(key: Key, { worse, better, peak, trailPct, dueAt }: Triggers): void {
    const slot = this.#slots.get(key) ?? this.#take(key);
    this.#silence(slot);
    const sign = this.#sign;
    if (worse !== null) this.#worse.set(slot, -sign * worse);
    if (better !== null) this.#better.set(slot, sign * better);
    if (dueAt !== null) this.#dues.set(slot, dueAt);
    this.#groups.join(slot, sign * peak, trailPct ?? Infinity);
    this.#refresh();
  }

  remove(key: Key): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#silence(slot);
    this.#slots.delete(key);
    this.#keys[slot] = undefined;
    this.#freeSlots.push(slot);
    this.#refresh();
  }

  has(key: Key): boolean {
    return this.#slots.has(key);
  }

  peakOf(key: Key): number {
    const slot = this.#slots.get(key);
    if (slot === undefined) throw new Error('no such position in the book');
    return this.#sign * (this.#groups.has(slot) ? this.#groups.peakOf(slot) : this.#peaks[slot]!);
  }

  touched(price: number, t: number): readonly Key[] {
    const signed = price * this.#sign;
    if (signed > this.#low && signed < this.#high && t < this.#nextDue) return NOBODY;
    const slots: number[] = [];
    this.#takeDue(t, slots);
    while (-this.#worse.leastKey >= signed) this.#report(this.#worse.least, slots);
    while (this.#better.leastKey <= signed) this.#report(this.#better.least, slots);
    for (let rider = NONE; (rider = this.#groups.touchedBy(signed)) !== NONE;) this.#report(rider, slots);
    this.#groups.advance(signed);
    this.#refresh();
    return this.#inOrder(slots);
  }

  due(t: number): readonly Key[] {
    if (t < this.#nextDue) return NOBODY;
    const slots: number[] = [];
    this.#takeDue(t, slots);
    this.#refresh();
    return this.#inOrder(slots);
  }

  #takeDue(t: number, slots: number[]): void {
    while (this.#dues.leastKey <= t) this.#report(this.#dues.least, slots);
  }

  #report(slot: number, slots: number[]): void {
    this.#silence(slot);
    slots.push(slot);
  }

  #inOrder(slots: number[]): readonly Key[] {
    if (slots.length === 0) return NOBODY;
    slots.sort((a, b) => this.#added[a]! - this.#added[b]!);
    return slots.map((slot) => this.#keys[slot]!);
  }

  #take(key: Key): number {
    const slot = this.#freeSlots.pop() ?? this.#keys.length;
    if (slot >= this.#added.length) {
      this.#added = grown(this.#added, slot + 1);
      this.#peaks = grown(this.#peaks, slot + 1);
    }
    this.#slots.set(key, slot);
    this.#keys[slot] = key;
    this.#added[slot] = this.#additions++;
    return slot;
  }

  #silence(slot: number): void {
    this.#worse.remove(slot);
    this.#better.remove(slot);
    this.#dues.remove(slot);
    if (this.#groups.has(slot)) this.#peaks[slot] = this.#groups.leave(slot);
  }

  #refresh(): void {
    this.#low = Math.max(-this.#worse.leastKey, this.#groups.highestTrail);
    this.#high = Math.min(this.#better.leastKey, justAbove(this.#groups.lowestPeak));
    this.#nextDue = this.#dues.leastKey;
  }
}
