import { candleObservations } from '#domain/candles.ts';
import { direction, SIDES, type Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Stop } from '#domain/exit-engine.ts';
import { trailTriggers } from '#domain/trigger-book/trail-triggers.ts';
import { createTriggerBook, type TriggerBook, type Triggers } from '#domain/trigger-book/trigger-book.ts';
import type { PriceBar } from '#prisma/repositories/price-bars.ts';
import { currentStop, followPeak, followTo, type LiveWatch } from './live-watch.ts';

/** A watch to be led along a path of prices. */
export interface Replayed {
  watch: LiveWatch;
  /** Prices before this time are ignored. */
  from: number;
  /** Prices before this time move the peak and decide nothing, because the watch was paused or had other exits. */
  judgedFrom: number;
}

/**
 * Leads watches along the prices of their instrument, in place: moves peaks and trails, and decides exits by the trail,
 * or by a stop that does not rest. Walks each bar adverse extreme first. Of a bar that began before the watch, only the
 * close counts. Levels that rest are left to the venue, because they may have rested elsewhere then.
 */
export function replay(replayed: readonly Replayed[], bars: readonly PriceBar[]): void {
  for (const side of SIDES) {
    const onSide = replayed.filter(({ watch }) => watch.record.side === side);
    if (onSide.length > 0) replaySide(side, onSide, bars);
  }
}

function replaySide(side: Side, replayed: readonly Replayed[], bars: readonly PriceBar[]): void {
  const book = createTriggerBook<Replayed>(side);
  const arrivals = replayed.toSorted((a, b) => a.from - b.from);
  const releases = replayed
    .filter(({ from, judgedFrom }) => judgedFrom > from)
    .toSorted((a, b) => a.judgedFrom - b.judgedFrom);
  for (const bar of bars) {
    const { openedAt, seenUntil, close } = bar;
    for (const each of taken(arrivals, ({ from }) => from <= openedAt)) put(book, each, openedAt);
    for (const each of taken(releases, ({ judgedFrom }) => judgedFrom <= openedAt))
      release(book, each, openedAt);
    for (const { price } of candleObservations({ ...bar, t: openedAt }, side)) feed(book, price, openedAt);
    for (const each of taken(arrivals, ({ from }) => from <= seenUntil)) put(book, each, seenUntil);
    feed(book, close, seenUntil);
  }
  for (const each of replayed) if (book.has(each)) followTo(each.watch, book.peakOf(each));
}

/** Removes and returns the first elements of a list that meet the condition. */
function taken<Item>(list: Item[], isDue: (item: Item) => boolean): Item[] {
  const end = list.findIndex((item) => !isDue(item));
  return list.splice(0, end === -1 ? list.length : end);
}

function release(book: TriggerBook<Replayed>, each: Replayed, t: number): void {
  if (!book.has(each)) return;
  followTo(each.watch, book.peakOf(each));
  put(book, each, t);
}

function feed(book: TriggerBook<Replayed>, price: DecimalString, t: number): void {
  for (const each of book.touched(Number(price), t)) {
    const { watch } = each;
    followTo(watch, book.peakOf(each));
    const stop = isJudged(each, t) ? heldByNobody(watch) : null;
    if (stop !== null && isTouched(watch, stop, price)) {
      watch.exitReason = stop.kind;
      book.remove(each);
    } else {
      followPeak(watch, price);
      put(book, each, t);
    }
  }
}

function put(book: TriggerBook<Replayed>, each: Replayed, t: number): void {
  const { record, peak } = each.watch;
  const { barriers, entryPrice } = record.levels;
  const trail = trailTriggers({ steps: barriers.trailing, side: record.side, entryPrice, peak });
  const riding: Triggers = {
    worse: null,
    better: trail.better,
    peak: Number(peak),
    trailPct: null,
    dueAt: null,
  };
  const stop = heldByNobody(each.watch);
  book.set(
    each,
    isJudged(each, t)
      ? { ...riding, worse: stop === null ? null : Number(stop.price), trailPct: trail.trailPct }
      : riding,
  );
}

const isJudged = ({ watch, judgedFrom }: Replayed, t: number): boolean =>
  watch.record.status === 'armed' && judgedFrom <= t;

/**
 * Returns the stop that only a watcher can fire: the trail, or the whole stop when it does not rest at the venue; null
 * when there is none.
 */
function heldByNobody(watch: LiveWatch): Stop | null {
  if (!watch.record.levels.isStopResident) return currentStop(watch);
  return watch.trail === null ? null : { price: watch.trail, kind: 'trailing_stop' };
}

const isTouched = ({ record }: LiveWatch, stop: Stop, price: DecimalString): boolean =>
  direction(record.side) * (Number(price) - Number(stop.price)) <= 0;
