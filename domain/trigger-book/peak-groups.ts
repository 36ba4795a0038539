import { grown } from './grown.ts';
import { IndexedHeap } from './indexed-heap.ts';
import { NONE, PairingForest } from './pairing-forest.ts';

/**
 * Riders are reported this much too early, relative to the level, rather than too late: levels are compared in binary
 * and are exact to 15 decimal digits only.
 */
const EARLY = 1e-12;

/** Riders that follow one peak. When the price passes several peaks their groups merge. */
interface PeakGroup {
  id: number;
  peak: number;
  /** Root of the heap of its riders, the nearest distance first; `NONE` when it is empty. */
  root: number;
  size: number;
  /** The group that this one was merged into; null while it stands. */
  into: PeakGroup | null;
}

/**
 * Numbered riders, each following the best price since it joined at a distance in percent of that price. Riders with
 * equal peaks are one group, and a new peak merges groups instead of visiting riders: moving a peak costs amortised
 * O(log n) whatever the number of riders.
 *
 * Prices are signed so that better is more: as they are for longs, negative for shorts.
 */
export class PeakGroups {
  readonly #riders = new PairingForest();
  readonly #groupOf: (PeakGroup | undefined)[] = [];
  readonly #groups: (PeakGroup | undefined)[] = [];
  readonly #freeIds: number[] = [];
  readonly #byPeak = new Map<number, PeakGroup>();
  /** Groups by their peak, the lowest (next to be passed) first. */
  readonly #peaks = new IndexedHeap();
  /** Groups by the negated level of their trail, the highest (next to be touched) first. */
  readonly #trails = new IndexedHeap();
  #joined = new Int32Array(16);

  /** The highest level at which a rider is touched; -Infinity when none follows at a distance. */
  get highestTrail(): number {
    return -this.#trails.leastKey;
  }

  /** The lowest peak; Infinity without riders. */
  get lowestPeak(): number {
    return this.#peaks.leastKey;
  }

  /** Adds a rider who is in no group. With an infinite distance it follows the peak and is never touched. */
  join(rider: number, peak: number, distancePct: number): void {
    if (rider >= this.#joined.length) this.#joined = grown(this.#joined, rider + 1);
    const group = this.#byPeak.get(peak) ?? this.#open(peak);
    this.#joined[rider] = 1;
    this.#groupOf[rider] = group;
    this.#riders.plant(rider, distancePct);
    group.size += 1;
    this.#reroot(group, this.#riders.meld(group.root, rider));
  }

  /** Removes a rider from its group; returns the peak it had. Throws for one that has not joined. */
  leave(rider: number): number {
    const group = this.#find(rider);
    this.#joined[rider] = 0;
    this.#groupOf[rider] = undefined;
    const root = this.#riders.remove(group.root, rider);
    group.size -= 1;
    if (root === NONE) this.#close(group);
    else this.#reroot(group, root);
    return group.peak;
  }

  has(rider: number): boolean {
    return this.#joined[rider] === 1;
  }

  peakOf(rider: number): number {
    return this.#find(rider).peak;
  }

  /**
   * Returns a rider whose trail lies at or above the price, or `NONE`. The caller removes it before it asks for the
   * next.
   */
  touchedBy(price: number): number {
    return this.highestTrail >= price ? this.#groups[this.#trails.least]!.root : NONE;
  }

  /** Moves every peak that the price has passed to the price. */
  advance(price: number): void {
    if (this.lowestPeak >= price) return;
    let rising = this.#byPeak.get(price) ?? null;
    while (this.lowestPeak < price) {
      const passed = this.#groups[this.#peaks.least]!;
      this.#peaks.remove(passed.id);
      this.#byPeak.delete(passed.peak);
      rising = rising === null ? passed : this.#merge(rising, passed);
    }
    if (rising === null) return;
    rising.peak = price;
    this.#byPeak.set(price, rising);
    this.#peaks.set(rising.id, price);
    this.#reroot(rising, rising.root);
  }

  /**
   * Merges the smaller group into the larger, so that the path from a rider to its group stays short; returns that
   * one.
   */
  #merge(a: PeakGroup, b: PeakGroup): PeakGroup {
    const [larger, smaller] = a.size >= b.size ? [a, b] : [b, a];
    larger.root = this.#riders.meld(larger.root, smaller.root);
    larger.size += smaller.size;
    smaller.into = larger;
    this.#forget(smaller);
    return larger;
  }

  #open(peak: number): PeakGroup {
    const id = this.#freeIds.pop() ?? this.#groups.length;
    const group: PeakGroup = { id, peak, root: NONE, size: 0, into: null };
    this.#groups[group.id] = group;
    this.#byPeak.set(peak, group);
    this.#peaks.set(group.id, peak);
    return group;
  }

  #close(group: PeakGroup): void {
    this.#byPeak.delete(group.peak);
    this.#forget(group);
  }

  #forget(group: PeakGroup): void {
    this.#peaks.remove(group.id);
    this.#trails.remove(group.id);
    this.#groups[group.id] = undefined;
    this.#freeIds.push(group.id);
  }

  #reroot(group: PeakGroup, root: number): void {
    group.root = root;
    this.#trails.set(group.id, -trailLevel(group.peak, this.#riders.keyOf(root)));
  }

  /** Returns the group of a rider and shortens the path to it for the next call. */
  #find(rider: number): PeakGroup {
    const joined = this.#groupOf[rider];
    if (!joined) throw new Error(`rider ${rider} has not joined`);
    let group = joined;
    while (group.into !== null) {
      if (group.into.into !== null) group.into = group.into.into;
      group = group.into;
    }
    this.#groupOf[rider] = group;
    return group;
  }
}

/**
 * Returns the level at which a rider of a signed peak is touched, slightly early; -Infinity for an infinite distance.
 */
function trailLevel(peak: number, distancePct: number): number {
  const level = peak - (Math.abs(peak) * distancePct) / 100;
  return level * (level > 0 ? 1 + EARLY : 1 - EARLY);
}
