import { grown } from './grown.ts';

/**
 * A min-heap of numbered entries, at most one per number. Keys can change and any entry can be removed in O(log n);
 * the least key is found in O(1).
 */
export class IndexedHeap {
  #keys = new Float64Array(16);
  /** The numbers in heap order. */
  #order = new Int32Array(16);
  /** Place of each number in the order; -1 when it is not in the heap. */
  #places = new Int32Array(16).fill(-1);
  #size = 0;

  /** The least key; Infinity when there is none. */
  get leastKey(): number {
    return this.#size === 0 ? Infinity : this.#keys[this.#order[0]!]!;
  }

  /** The entry with the least key; -1 when there is none. */
  get least(): number {
    return this.#size === 0 ? -1 : this.#order[0]!;
  }

  get size(): number {
    return this.#size;
  }

  /** Puts an entry in, or changes its key. */
  set(entry: number, key: number): void {
    this.#reserve(entry);
    const place = this.#places[entry]!;
    this.#keys[entry] = key;
    if (place === -1) this.#rise(this.#size++, entry);
    else if (this.#rise(place, entry) === place) this.#sink(place, entry);
  }

  /** Removes an entry; does nothing when it is not in the heap. */
  remove(entry: number): void {
    const place = this.#places[entry] ?? -1;
    if (place === -1) return;
    this.#places[entry] = -1;
    this.#size -= 1;
    const last = this.#order[this.#size]!;
    if (last === entry) return;
    if (this.#rise(place, last) === place) this.#sink(place, last);
  }

  #reserve(entry: number): void {
    if (entry < this.#keys.length) return;
    this.#keys = grown(this.#keys, entry + 1);
    this.#order = grown(this.#order, entry + 1);
    this.#places = grown(this.#places, entry + 1, -1);
  }

  /** Moves an entry up from a place until its parent's key is no greater; returns its place. */
  #rise(from: number, entry: number): number {
    const key = this.#keys[entry]!;
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      const above = this.#order[parent]!;
      if (this.#keys[above]! <= key) break;
      this.#put(place, above);
      place = parent;
    }
    this.#put(place, entry);
    return place;
  }

  #sink(from: number, entry: number): void {
    const key = this.#keys[entry]!;
    let place = from;
    for (;;) {
      const child = this.#lesserChild(place);
      if (child === -1 || this.#keys[this.#order[child]!]! >= key) break;
      this.#put(place, this.#order[child]!);
      place = child;
    }
    this.#put(place, entry);
  }

  #lesserChild(place: number): number {
    const left = 2 * place + 1;
    if (left >= this.#size) return -1;
    const right = left + 1;
    if (right >= this.#size) return left;
    return this.#keys[this.#order[right]!]! < this.#keys[this.#order[left]!]! ? right : left;
  }

  #put(place: number, entry: number): void {
    this.#order[place] = entry;
    this.#places[entry] = place;
  }
}
