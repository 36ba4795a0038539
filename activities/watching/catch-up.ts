import type { Symbol } from '#domain/ids.ts';
import { trailRevisionOf } from '#prisma/repositories/trade-record.ts';
import type { PriceBar } from '#prisma/repositories/price-bars.ts';
import type { Candle, Venue } from '#venues/venue.ts';
import { priceOf } from '#venues/price-of.ts';
import type { TradingDeps } from '../deps.ts';
import { asBar, type BarRecorder } from './bar-recorder.ts';
import { followPeak, newLiveWatch, tighten, type LiveWatch } from './live-watch.ts';
import { MINUTE_MS, pricePath } from './price-path.ts';
import { replay, type Replayed } from './replay.ts';
import type { WatchBook } from './watch-book.ts';

/** Leads watches along prices that went by unwatched, however long it takes to read them. */
export interface CatchUp {
  /** Owes a new watch the prices since it was armed, or since those that its record has seen. */
  oweSinceArmed(watch: LiveWatch): void;
  /** Owes every watch the prices since the last one of its instrument, because no prices come for a while. */
  oweSince(lastPriceAt: (symbol: Symbol) => number): void;
  /** True while prices are owed. Watches are judged by new prices all the same. */
  readonly isBehind: boolean;
  /**
   * Stores the range of an instrument in this minute up to now, so that later extremes of the minute can be told from
   * earlier ones.
   */
  lookBack(symbol: Symbol): Promise<void>;
  /** Leads watches along the prices that are owed. Prices that could not be read stay owed: called again and again. */
  settle(): Promise<void>;
}

/**
 * Returns a debt for a watch as it is now: prices of a time when it was paused, or had other exits, are no reason to
 * act.
 */
function asOfNow({ record }: LiveWatch, before: Replayed): Replayed {
  if (trailRevisionOf(before.watch.record.levels) !== trailRevisionOf(record.levels)) return before;
  const judgedFrom = Math.max(before.judgedFrom, record.levels.since ?? before.judgedFrom);
  return { ...before, watch: { ...before.watch, record }, judgedFrom };
}

/** `onCrossed` is called with each watch whose exit was decided by a price that went by. */
export function createCatchUp(
  deps: TradingDeps,
  venue: Pick<Venue, 'name' | 'market'>,
  watches: WatchBook,
  bars: BarRecorder,
  onCrossed: (watch: LiveWatch) => void,
): CatchUp {
  /** Each watch as it was before the first price that is owed to it. */
  const owed = new Map<Symbol, Map<LiveWatch, Replayed>>();
  const underWay = new Set<Symbol>();

  function owe(watch: LiveWatch, before: Replayed): void {
    const ofSymbol = owed.get(watch.record.symbol) ?? new Map<LiveWatch, Replayed>();
    if (!ofSymbol.has(watch)) owed.set(watch.record.symbol, ofSymbol.set(watch, before));
  }

  async function settleOne(symbol: Symbol, debts: ReadonlyMap<LiveWatch, Replayed>): Promise<void> {
    underWay.add(symbol);
    try {
      const path = await pathSince(symbol, Math.min(...[...debts.values()].map(({ from }) => from)));
      const due = [...debts].map(([watch, before]) => ({ watch, now: asOfNow(watch, before) }));
      replay(
        due.map(({ now }) => now),
        path,
      );
      for (const { watch, now } of due) takeOver(watch, now.watch);
    } catch (error) {
      for (const [watch, before] of debts) owe(watch, before);
      throw error;
    } finally {
      underWay.delete(symbol);
    }
  }

  /** Returns the prices that this process heard when none is missing, else those in the database and at the venue. */
  async function pathSince(symbol: Symbol, fromMs: number): Promise<PriceBar[]> {
    const heard = bars.recent(symbol, fromMs);
    if (heard) return heard.map(asBar);
    const since = bars.newest(symbol, 0).map(asBar);
    const query = { venue: venue.name, symbol, fromMs, heard: since };
    const path = await pricePath(deps.db, venue.market, query, deps.now());
    bars.addBars(path.filled);
    // Prices that came while the database was read.
    return [...path.bars, ...bars.newest(symbol, since.at(-1)?.seenUntil ?? deps.now()).map(asBar)];
  }

  /**
   * Returns a candle of the last price for a minute without trades, of which the venue makes none; null without a
   * price.
   */
  async function quietMinute(
    symbol: Symbol,
    now: number,
  ): Promise<Omit<Candle, 'closedAt' | 'volume'> | null> {
    const ticks = bars.newest(symbol, 0);
    const price = ticks[0]?.price ?? (await priceOf(venue, symbol));
    return price === undefined
      ? null
      : { openedAt: now - (now % MINUTE_MS), open: price, high: price, low: price, close: price };
  }

  function takeOver(watch: LiveWatch, copy: LiveWatch): void {
    if (!watches.has(watch)) return;
    // A person has set another trail since then, and is owed prices of its own.
    if (trailRevisionOf(copy.record.levels) !== trailRevisionOf(watch.record.levels))
      return oweSinceArmed(watch);
    watches.change(watch, () => {
      followPeak(watch, copy.peak);
      tighten(watch, copy.trail);
      if (watch.record.status === 'armed') watch.exitReason ??= copy.exitReason;
    });
    if (watch.exitReason !== null) onCrossed(watch);
  }

  function oweSinceArmed(watch: LiveWatch): void {
    const { levels, armedAt } = watch.record;
    const from = levels.seen?.until ?? armedAt;
    owe(watch, {
      watch: newLiveWatch(watch.record),
      from,
      judgedFrom: Math.max(from, levels.since ?? armedAt),
    });
  }

  return {
    oweSinceArmed,
    oweSince(lastPriceAt) {
      for (const watch of watches.all()) {
        watches.catchUp(watch);
        const from = lastPriceAt(watch.record.symbol);
        owe(watch, { watch: { ...watch, exitReason: null }, from, judgedFrom: from });
      }
    },
    get isBehind() {
      return owed.size > 0;
    },
    async lookBack(symbol) {
      const now = deps.now();
      const candles = await venue.market.candles(symbol, now, now);
      const candle = candles.findLast((each) => each.openedAt <= now && each.closedAt >= now);
      const before = candle ?? (await quietMinute(symbol, now));
      if (!before) return;
      const { openedAt, open, high, low, close } = before;
      bars.addBars([{ symbol, openedAt, open, high, low, close, seenUntil: now }]);
      await bars.flush();
    },
    async settle() {
      const due = [...owed].filter(([symbol]) => !underWay.has(symbol));
      for (const [symbol] of due) owed.delete(symbol);
      const results = await Promise.allSettled(due.map(([symbol, debts]) => settleOne(symbol, debts)));
      const failed = results.find((result) => result.status === 'rejected');
      if (failed) throw failed.reason;
    },
  };
}
