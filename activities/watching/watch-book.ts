import { SIDES, type AccountId, type Side, type Symbol, type TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { createTriggerBook, type TriggerBook } from '#domain/trigger-book/trigger-book.ts';
import { followTo, judge, type LiveWatch, type Verdict } from './live-watch.ts';
import { triggersOf } from './watch-triggers.ts';

/** A watch to which something happened. */
export interface Judged {
  watch: LiveWatch;
  verdict: Verdict;
}

/** The last price may mean something else to a watch that has changed. */
const AT_ONCE = 0;

/**
 * All watches of a venue, so that a price concerns only those that it means something to: what `judge` would say of
 * every watch, without asking every watch.
 */
export class WatchBook {
  readonly #watches = new Map<TradeId, LiveWatch>();
  readonly #bySymbol = new Map<Symbol, Record<Side, TriggerBook<LiveWatch>>>();
  readonly #byAccount = new Map<AccountId, Set<LiveWatch>>();

  get size(): number {
    return this.#watches.size;
  }

  get(tradeId: TradeId): LiveWatch | undefined {
    return this.#watches.get(tradeId);
  }

  has(watch: LiveWatch): boolean {
    return this.#watches.get(watch.record.tradeId) === watch;
  }

  all(): Iterable<LiveWatch> {
    return this.#watches.values();
  }

  /** Instruments that anybody waits for. */
  symbols(): Symbol[] {
    return [...this.#bySymbol].flatMap(([symbol, books]) =>
      SIDES.some((side) => books[side].size > 0) ? [symbol] : [],
    );
  }

  accounts(): AccountId[] {
    return [...this.#byAccount.keys()];
  }

  /** When the first of an account's watches was armed; null when it has none. */
  armedSince(accountId: AccountId): number | null {
    const watches = this.#byAccount.get(accountId);
    return watches ? Math.min(...[...watches].map(({ record }) => record.armedAt)) : null;
  }

  add(watch: LiveWatch): void {
    const { tradeId, accountId } = watch.record;
    this.#watches.set(tradeId, watch);
    const ofAccount = this.#byAccount.get(accountId) ?? new Set();
    this.#byAccount.set(accountId, ofAccount.add(watch));
    this.#bookOf(watch).set(watch, { ...triggersOf(watch), dueAt: AT_ONCE });
  }

  remove(watch: LiveWatch): void {
    if (!this.has(watch)) return;
    const { tradeId, accountId } = watch.record;
    this.#watches.delete(tradeId);
    this.#bookOf(watch).remove(watch);
    const ofAccount = this.#byAccount.get(accountId);
    ofAccount?.delete(watch);
    if (ofAccount?.size === 0) this.#byAccount.delete(accountId);
  }

  /** Changes a watch, its peak brought up to date before. It is judged again at the next opportunity. */
  change(watch: LiveWatch, change: () => void): void {
    if (this.has(watch)) this.catchUp(watch);
    change();
    if (this.has(watch)) this.#bookOf(watch).set(watch, { ...triggersOf(watch), dueAt: AT_ONCE });
  }

  /** Brings a watch's peak up to date with the prices since something last happened to it. */
  catchUp(watch: LiveWatch): void {
    followTo(watch, this.#bookOf(watch).peakOf(watch));
  }

  /** Judges a price, in the order in which watches were added. */
  feed(symbol: Symbol, price: DecimalString, t: number): Judged[] {
    const books = this.#bySymbol.get(symbol);
    if (!books) return [];
    const level = Number(price);
    return SIDES.flatMap((side) => this.#judge(books[side], books[side].touched(level, t), price, t));
  }

  /** Judges the passing of time at the last price of each instrument; where that is not known nothing happens. */
  due(t: number, priceOf: (symbol: Symbol) => DecimalString | undefined): Judged[] {
    return [...this.#bySymbol].flatMap(([symbol, books]) => {
      const price = priceOf(symbol);
      if (price === undefined) return [];
      return SIDES.flatMap((side) => this.#judge(books[side], books[side].due(t), price, t));
    });
  }

  #judge(
    book: TriggerBook<LiveWatch>,
    touched: readonly LiveWatch[],
    price: DecimalString,
    t: number,
  ): Judged[] {
    return touched.map((watch) => {
      followTo(watch, book.peakOf(watch));
      const verdict = judge(watch, price, t);
      book.set(watch, triggersOf(watch));
      return { watch, verdict };
    });
  }

  #bookOf({ record: { symbol, side } }: LiveWatch): TriggerBook<LiveWatch> {
    const known = this.#bySymbol.get(symbol);
    const books = known ?? { long: createTriggerBook('long'), short: createTriggerBook('short') };
    if (!known) this.#bySymbol.set(symbol, books);
    return books[side];
  }
}
