import { grown } from './grown.ts';

/** Stands for no node. */
export const NONE = -1;

/**
 * Heaps over numbered nodes, each with the least key at its root (pairing heaps). Joining two takes O(1), removing a
 * node amortised O(log n). The caller keeps the roots.
 */
export class PairingForest {
  #keys = new Float64Array(16);
  #firstChild = new Int32Array(16).fill(NONE);
  #next = new Int32Array(16).fill(NONE);
  /** The sibling before a node; for a first child, its parent. */
  #before = new Int32Array(16).fill(NONE);

  keyOf(node: number): number {
    return this.#keys[node]!;
  }

  /** Makes a node a heap of its own. It must be in no other heap. */
  plant(node: number, key: number): void {
    this.#reserve(node);
    this.#keys[node] = key;
    this.#firstChild[node] = NONE;
    this.#next[node] = NONE;
    this.#before[node] = NONE;
  }

  /** Joins two heaps, either of which may be `NONE`; returns the root. */
  meld(a: number, b: number): number {
    if (a === NONE) return b;
    if (b === NONE) return a;
    const [root, child] = this.#keys[a]! <= this.#keys[b]! ? [a, b] : [b, a];
    this.#adopt(root, child);
    return root;
  }

  /** Removes a node from the heap under `root`; returns the root of the rest. */
  remove(root: number, node: number): number {
    const orphans = this.#mergeSiblings(this.#firstChild[node]!);
    this.#firstChild[node] = NONE;
    if (node === root) return orphans;
    this.#cut(node);
    return this.meld(root, orphans);
  }

  #reserve(node: number): void {
    if (node < this.#keys.length) return;
    this.#keys = grown(this.#keys, node + 1);
    this.#firstChild = grown(this.#firstChild, node + 1, NONE);
    this.#next = grown(this.#next, node + 1, NONE);
    this.#before = grown(this.#before, node + 1, NONE);
  }

  #adopt(parent: number, child: number): void {
    const first = this.#firstChild[parent]!;
    this.#next[child] = first;
    this.#before[child] = parent;
    if (first !== NONE) this.#before[first] = child;
    this.#firstChild[parent] = child;
  }

  #cut(node: number): void {
    const before = this.#before[node]!;
    const next = this.#next[node]!;
    if (this.#firstChild[before] === node) this.#firstChild[before] = next;
    else this.#next[before] = next;
    if (next !== NONE) this.#before[next] = before;
    this.#next[node] = NONE;
    this.#before[node] = NONE;
  }

  /**
   * Joins siblings in pairs from the left, then the pairs from the right, which keeps removal cheap (two-pass
   * pairing).
   */
  #mergeSiblings(first: number): number {
    let pairs = NONE;
    for (let node = first; node !== NONE;) {
      const partner = this.#next[node]!;
      const rest = partner === NONE ? NONE : this.#next[partner]!;
      this.#release(node);
      if (partner !== NONE) this.#release(partner);
      const pair = this.meld(node, partner);
      this.#next[pair] = pairs;
      pairs = pair;
      node = rest;
    }
    let root = NONE;
    for (let pair = pairs; pair !== NONE;) {
      const rest = this.#next[pair]!;
      this.#release(pair);
      root = this.meld(root, pair);
      pair = rest;
    }
    return root;
  }

  #release(node: number): void {
    this.#next[node] = NONE;
    this.#before[node] = NONE;
  }
}
