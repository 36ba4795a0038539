import { SIDES, type AccountId, type Side, type Symbol, type TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { createTriggerBook, type TriggerBook } from '#domain/trigger-book/trigger-book.ts';
import { followTo, judge, type LiveWatch, type Verdict } from './live-watch.ts';
import { triggersOf } from './watch-triggers.ts';

/** A watch and its verdict. */
export interface Judged {
  watch: LiveWatch;
  verdict: Verdict;
}

/** Due time of a changed watch: it is judged again at once, because the last price may mean another verdict. */
const AT_ONCE = 0;

/**
 * All watches of a venue. A price is judged only for the watches that it concerns, with the verdicts that `judge` would
 * give for all.
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

  /** Returns the instruments that have watches. */
  symbols(): Symbol[] {
    return [...this.#bySymbol].flatMap(([symbol, books]) =>
      SIDES.some((side) => books[side].size > 0) ? [symbol] : [],
    );
  }

  accounts(): AccountId[] {
    return [...this.#byAccount.keys()];
  }

  /** Returns when the first watch of an account was armed; null when it has none. */
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

  /** Brings the peak of a watch up to date and changes the watch, which is then judged again soon. */
  change(watch: LiveWatch, change: () => void): void {
    if (this.has(watch)) this.catchUp(watch);
    change();
    if (this.has(watch)) this.#bookOf(watch).set(watch, { ...triggersOf(watch), dueAt: AT_ONCE });
  }

  /** Brings the peak of a watch up to date with the prices since it was judged. */
  catchUp(watch: LiveWatch): void {
    followTo(watch, this.#bookOf(watch).peakOf(watch));
  }

  /** Returns the verdicts of a price, in the order in which watches were added. */
  feed(symbol: Symbol, price: DecimalString, t: number): Judged[] {
    const books = this.#bySymbol.get(symbol);
    if (!books) return [];
    const level = Number(price);
    return SIDES.flatMap((side) => this.#judge(books[side], books[side].touched(level, t), price, t));
  }

  /**
   * Returns the verdicts as time passes, at the last price of each instrument; none for an instrument without a price.
   */
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
