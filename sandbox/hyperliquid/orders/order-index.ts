import type { Order } from './order.ts';
import { firesAbove } from './order-rules.ts';

/**
 * Orders that wait until a price rises, or falls, to a level of each order. A check that finds no due order costs one
 * comparison. Only if an order is due all orders are scanned.
 */
export class PriceIndex {
  readonly #rising: boolean;
  readonly #levelOf: (order: Order) => number;
  readonly #orders = new Map<number, Order>();
  #nearest: number | undefined;

  constructor(rising: boolean, levelOf: (order: Order) => number) {
    this.#rising = rising;
    this.#levelOf = levelOf;
  }

  add(order: Order): void {
    this.#orders.set(order.oid, order);
    if (this.#nearest !== undefined) this.#nearest = this.#nearer(this.#nearest, this.#levelOf(order));
  }

  remove(order: Order): void {
    if (!this.#orders.delete(order.oid)) return;
    if (this.#levelOf(order) === this.#nearest) this.#nearest = undefined;
  }

  /** Returns the orders whose level `px` has reached, nearest level first, then oldest. */
  due(px: number): Order[] {
    if (this.#orders.size === 0 || !this.#reached(this.nearest(), px)) return [];
    return [...this.#orders.values()]
      .filter((order) => this.#reached(this.#levelOf(order), px))
      .sort((a, b) => (this.#levelOf(a) - this.#levelOf(b)) * (this.#rising ? 1 : -1) || a.oid - b.oid);
  }

  /** Returns the level that would be reached first, infinite if there are no orders. */
  nearest(): number {
    if (this.#nearest === undefined) {
      this.#nearest = this.#rising ? Infinity : -Infinity;
      for (const order of this.#orders.values())
        this.#nearest = this.#nearer(this.#nearest, this.#levelOf(order));
    }
    return this.#nearest;
  }

  #reached(level: number, px: number): boolean {
    return this.#rising ? px >= level : px <= level;
  }

  #nearer(a: number, b: number): number {
    return this.#rising ? Math.min(a, b) : Math.max(a, b);
  }
}

/** All live orders of one coin: asks and bids on the book, and triggers above and below the mark. */
export class OrderIndex {
  readonly asks = new PriceIndex(true, (order) => order.limitPx.toNumber());
  readonly bids = new PriceIndex(false, (order) => order.limitPx.toNumber());
  readonly above = new PriceIndex(true, triggerLevel);
  readonly below = new PriceIndex(false, triggerLevel);

  add(order: Order): void {
    this.#placeOf(order)?.add(order);
  }

  remove(order: Order): void {
    this.#placeOf(order)?.remove(order);
  }

  #placeOf(order: Order): PriceIndex | undefined {
    if (order.phase === 'resting') return order.isBuy ? this.bids : this.asks;
    if (order.phase === 'armed') return firesAbove(order) ? this.above : this.below;
    return undefined;
  }
}

function triggerLevel(order: Order): number {
  return order.trigger?.triggerPx.toNumber() ?? 0;
}
