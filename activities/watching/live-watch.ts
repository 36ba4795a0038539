import { trailingStopFor, type Stop } from '#domain/exit-engine.ts';
import { direction, type Side } from '#domain/ids.ts';
import type { ExitReason, ResolvedTarget } from '#domain/barriers.ts';
import { Amount, decimalString, type DecimalString } from '#domain/money.ts';
import { trailRevisionOf } from '#prisma/repositories/trade-record.ts';
import type { WatchRecord } from '#prisma/repositories/watch-record.ts';
import type { WatchSeen } from '#prisma/repositories/watches.ts';

/** The resident stop is moved once the trail has gained this much on it, in percent of the price. */
export const MIN_TRAIL_STEP_PCT = 0.5;
/** How long the price may be past a resting level without a fill before the watcher acts. */
export const RESIDENT_PATIENCE_MS = 2_000;

/** A watched trade, with state that only the watcher has. */
export interface LiveWatch {
  record: WatchRecord;
  /** Best price since the watch was armed. */
  peak: DecimalString;
  /** The tightest price of the trail, which never loosens. */
  trail: DecimalString | null;
  /** Since when the price has been through the stop that rests at the venue. */
  passedStopAt: number | null;
  /** Since when the price has been through the next target that rests at the venue. */
  passedTargetAt: number | null;
  /** True while an order about the trade is on its way: no other is begun. */
  isBusy: boolean;
  /** Reason of a decided exit, which stays decided whatever the price does before it is claimed. */
  exitReason: ExitReason | null;
  /** Time before which no other order is tried, after one failed. */
  waitsUntil: number | null;
  /** Number of failed orders in a row. */
  failures: number;
}

/** Result of judging a watch by a price or as time passes. */
export type Verdict =
  | { do: 'nothing' }
  /** Closes the position. `price` is the one that decided; null when it is not the price of now. */
  | { do: 'exit'; reason: ExitReason; price: DecimalString | null }
  | { do: 'moveStop'; to: DecimalString }
  /** Closes the part of a passed target that does not rest at the venue. */
  | { do: 'takeProfit'; leg: number; price: DecimalString }
  /** The price has just passed a resting level, so fills should come. */
  | { do: 'expectFills' }
  /** A resident target was passed without a fill: the venue is asked. */
  | { do: 'review' };

const NOTHING: Verdict = { do: 'nothing' };
const EXPECT_FILLS: Verdict = { do: 'expectFills' };

/** Returns the watch of a record, before any price that the record has not seen. */
export const newLiveWatch = (record: WatchRecord): LiveWatch => ({
  record,
  peak: record.levels.seen?.peak ?? record.levels.entryPrice,
  trail: record.levels.seen?.trail ?? null,
  passedStopAt: null,
  passedTargetAt: null,
  isBusy: false,
  exitReason: null,
  waitsUntil: null,
  failures: 0,
});

/**
 * Takes over a changed record. Keeps peak and trail, unless a person has set another trail. Forgets an exit that was
 * decided and not begun when the trade is paused or has other exits.
 */
export function updateLiveWatch(watch: LiveWatch, record: WatchRecord): void {
  const isTrailKept = trailRevisionOf(watch.record.levels) === trailRevisionOf(record.levels);
  if (record.status === 'paused' || !haveSameExits(watch.record, record)) watch.exitReason = null;
  watch.record = record;
  if (!isTrailKept) {
    watch.peak = record.levels.seen?.peak ?? record.levels.entryPrice;
    watch.trail = record.levels.seen?.trail ?? null;
  }
  watch.passedTargetAt = null;
}

/** Writes into the record how far the watch has seen, and returns that. */
export function noteSeen({ record, peak, trail }: LiveWatch, until: number): WatchSeen {
  const seen = { until, peak, trail };
  record.levels = { ...record.levels, seen };
  return { ...seen, tradeId: record.tradeId, trailRevision: trailRevisionOf(record.levels) };
}

const haveSameExits = (a: WatchRecord, b: WatchRecord): boolean =>
  a.timeLimitAt === b.timeLimitAt && JSON.stringify(a.levels.barriers) === JSON.stringify(b.levels.barriers);

/** Moves the peak to a price that was better; the trail follows. */
export function followPeak(watch: LiveWatch, price: DecimalString): void {
  const { side } = watch.record;
  if (!isBetter(side, price, watch.peak)) return;
  watch.peak = price;
  tighten(watch, trailBehind(watch));
}

/** Moves the peak to the one that the trigger book knows. */
export const followTo = (watch: LiveWatch, peak: number): void => {
  if (peak !== Number(watch.peak)) followPeak(watch, decimalString(new Amount(peak)));
};

/** Keeps the tighter of two trails. */
export function tighten(watch: LiveWatch, trail: DecimalString | null): void {
  if (trail !== null && (watch.trail === null || isBetter(watch.record.side, trail, watch.trail)))
    watch.trail = trail;
}

const trailBehind = ({ record: { side, levels }, peak }: LiveWatch): DecimalString | null =>
  trailingStopFor(levels.barriers.trailing, side, levels.entryPrice, peak);

/**
 * Judges a price, or the last one again as time passes: first the stop as it was, then the peak moves. A resting stop
 * or target is left to the venue, unless it has been passed for a while without a fill. While an order is on its way,
 * an exit is only remembered.
 */
export function judge(watch: LiveWatch, price: DecimalString, t: number): Verdict {
  if (watch.record.status !== 'armed') {
    followPeak(watch, price);
    return NOTHING;
  }
  if (watch.waitsUntil !== null && t >= watch.waitsUntil) watch.waitsUntil = null;
  const stopped = judgeDecided(watch, price) ?? judgeStop(watch, price, t) ?? judgeTime(watch, price, t);
  followPeak(watch, price);
  if (watch.isBusy) {
    if (stopped?.do === 'exit') watch.exitReason = stopped.reason;
    return NOTHING;
  }
  return stopped ?? judgeTrail(watch) ?? judgeTargets(watch, price, t) ?? NOTHING;
}

function judgeDecided({ exitReason, waitsUntil }: LiveWatch, price: DecimalString): Verdict | null {
  if (exitReason === null) return null;
  return waitsUntil === null ? { do: 'exit', reason: exitReason, price } : NOTHING;
}

function judgeStop(watch: LiveWatch, price: DecimalString, t: number): Verdict | null {
  const { side, levels } = watch.record;
  const isResidentPassed = levels.stop !== null && !isBetter(side, price, levels.stop.price);
  if (isResidentPassed && levels.isStopResident) {
    const isNews = watch.passedStopAt === null;
    watch.passedStopAt ??= t;
    if (t - watch.passedStopAt >= RESIDENT_PATIENCE_MS)
      return { do: 'exit', reason: levels.stop?.kind ?? 'stop_loss', price };
    return judgeTime(watch, price, t) ?? (isNews ? EXPECT_FILLS : NOTHING);
  }
  watch.passedStopAt = null;
  const stop = currentStop(watch);
  return stop !== null && !isBetter(side, price, stop.price)
    ? { do: 'exit', reason: stop.kind, price }
    : null;
}

const judgeTime = ({ record: { timeLimitAt } }: LiveWatch, price: DecimalString, t: number): Verdict | null =>
  timeLimitAt !== null && t >= timeLimitAt ? { do: 'exit', reason: 'time_limit', price } : null;

/** Returns the stop in force: the one that rests or the trail, whichever is tighter. */
export function currentStop({ record: { side, levels }, trail }: LiveWatch): Stop | null {
  if (trail === null) return levels.stop;
  const isTighter = levels.stop === null || isBetter(side, trail, levels.stop.price);
  return isTighter ? { price: trail, kind: 'trailing_stop' } : levels.stop;
}

function judgeTrail(watch: LiveWatch): Verdict | null {
  const to = watch.waitsUntil === null ? wantedStop(watch) : null;
  return to === null ? null : { do: 'moveStop', to };
}

/** Returns where the resident stop is to be moved to; null while the trail has not gained enough on it. */
export function wantedStop({ trail, record: { side, levels } }: LiveWatch): DecimalString | null {
  if (trail === null || levels.stop === null) return trail;
  const gain = (Number(trail) / Number(levels.stop.price) - 1) * 100 * direction(side);
  return gain >= MIN_TRAIL_STEP_PCT ? trail : null;
}

function judgeTargets(watch: LiveWatch, price: DecimalString, t: number): Verdict | null {
  const { side } = watch.record;
  const fired = nextFiredTarget(watch);
  if (fired !== null) {
    const isDue = watch.waitsUntil === null && !isBetter(side, fired.price, price);
    return isDue ? { do: 'takeProfit', leg: fired.leg, price } : null;
  }
  const target = nextResidentTarget(watch);
  if (target === null || isBetter(side, target, price)) {
    watch.passedTargetAt = null;
    return null;
  }
  const isNews = watch.passedTargetAt === null;
  watch.passedTargetAt ??= t;
  if (t - watch.passedTargetAt < RESIDENT_PATIENCE_MS) return isNews ? EXPECT_FILLS : null;
  watch.passedTargetAt = t;
  return { do: 'review' };
}

/** Returns the price of the next target to fill at the venue. */
export function nextResidentTarget({ record: { levels } }: LiveWatch): DecimalString | null {
  const target = nextTarget(levels);
  return target && levels.restingTargets.includes(target.leg) ? target.price : null;
}

/** Returns the next target whose order the watcher sends. */
export function nextFiredTarget({
  record: { levels },
}: LiveWatch): { leg: number; price: DecimalString } | null {
  const target = nextTarget(levels);
  return target && !levels.restingTargets.includes(target.leg) ? target : null;
}

const nextTarget = ({ barriers, filledTargets }: WatchRecord['levels']): ResolvedTarget | undefined =>
  barriers.targets.find(({ leg }) => !filledTargets.includes(leg));

/** Returns whether a price is strictly better for the holder of the position. */
const isBetter = (side: Side, price: DecimalString, than: DecimalString): boolean =>
  side === 'long' ? Number(price) > Number(than) : Number(price) < Number(than);
