import { trailingStopFor, type Stop } from '#domain/exit-engine.ts';
import { direction, type Side } from '#domain/ids.ts';
import type { ExitReason } from '#domain/barriers.ts';
import type { DecimalString } from '#domain/money.ts';
import type { WatchRecord } from '#prisma/repositories/watches.ts';

/** The resident stop is moved once the trail has gained this much on it, in percent of the price. */
export const MIN_TRAIL_STEP_PCT = 0.5;
/** How long a level that rests at the venue may be passed without a fill before we act ourselves. */
export const RESIDENT_PATIENCE_MS = 2_000;

/** A trade under watch, with what only the watcher knows of it. */
export interface LiveWatch {
  record: WatchRecord;
  /** Best price since the watch was armed. */
  peak: DecimalString;
  /** Since when the price has been through the stop that rests at the venue. */
  passedStopAt: number | null;
  /** Since when the price has been through the next target that rests at the venue. */
  passedTargetAt: number | null;
  /** An order about it is on its way: nothing else is decided until it is answered. */
  isBusy: boolean;
  /** Why it is to be closed: an exit once decided stays so, whatever the price does until it is claimed. */
  exitReason: ExitReason | null;
}

/** What one price calls for. */
export type Verdict =
  | { do: 'nothing' }
  | { do: 'exit'; reason: ExitReason; price: DecimalString }
  | { do: 'moveStop'; to: DecimalString }
  /** A resident target was passed and no fill came: ask the venue. */
  | { do: 'review' };

const NOTHING: Verdict = { do: 'nothing' };

export const newLiveWatch = (record: WatchRecord): LiveWatch => ({
  record,
  peak: record.levels.peak,
  passedStopAt: null,
  passedTargetAt: null,
  isBusy: false,
  exitReason: null,
});

/** Takes over changed levels; the peak is kept, since it only ever improves. */
export function updateLiveWatch(watch: LiveWatch, record: WatchRecord): void {
  watch.record = record;
  watch.peak = better(record.side, record.levels.peak, watch.peak) ? record.levels.peak : watch.peak;
  watch.passedTargetAt = null;
  if (record.status === 'paused') watch.exitReason = null;
}

/**
 * Judges one price. The stop as it stood is judged first, then the peak moves; a stop or target that rests at
 * the venue is the venue's to fire unless it has been passed for a while and nothing was filled.
 */
export function judge(watch: LiveWatch, price: DecimalString, t: number): Verdict {
  const { record } = watch;
  if (record.status !== 'armed' || t < record.armedAt) {
    followPeak(watch, price, t);
    return NOTHING;
  }
  const stopped = judgeDecided(watch, price) ?? judgeStop(watch, price, t);
  followPeak(watch, price, t);
  if (watch.isBusy || stopped) return watch.isBusy ? NOTHING : (stopped ?? NOTHING);
  return judgeTrail(watch) ?? judgeTargets(watch, price, t) ?? NOTHING;
}

/** Judges the passing of time alone: limits, and levels the venue has let pass. */
export function judgeTime(watch: LiveWatch, price: DecimalString, now: number): Verdict {
  const { record } = watch;
  if (record.status !== 'armed' || watch.isBusy) return NOTHING;
  const decided = judgeDecided(watch, price);
  if (decided) return decided;
  if (record.timeLimitAt !== null && now >= record.timeLimitAt)
    return { do: 'exit', reason: 'time_limit', price };
  if (watch.passedStopAt !== null && now - watch.passedStopAt >= RESIDENT_PATIENCE_MS) {
    return { do: 'exit', reason: record.levels.stop?.kind ?? 'stop_loss', price };
  }
  return NOTHING;
}

const judgeDecided = ({ exitReason }: LiveWatch, price: DecimalString): Verdict | null =>
  exitReason === null ? null : { do: 'exit', reason: exitReason, price };

function judgeStop(watch: LiveWatch, price: DecimalString, t: number): Verdict | null {
  const { side, levels } = watch.record;
  const isResidentPassed = levels.stop !== null && !better(side, price, levels.stop.price);
  if (isResidentPassed && levels.isStopResident) {
    watch.passedStopAt ??= t;
    return t - watch.passedStopAt >= RESIDENT_PATIENCE_MS
      ? { do: 'exit', reason: levels.stop?.kind ?? 'stop_loss', price }
      : NOTHING;
  }
  watch.passedStopAt = null;
  const stop = currentStop(watch);
  return stop !== null && !better(side, price, stop.price) ? { do: 'exit', reason: stop.kind, price } : null;
}

/** The stop in force: the one that rests or the trail, whichever is tighter. */
export function currentStop(watch: LiveWatch): Stop | null {
  const { side, levels } = watch.record;
  const trail = trailOf(watch);
  if (trail === null) return levels.stop;
  const isTighter = levels.stop === null || better(side, trail, levels.stop.price);
  return isTighter ? { price: trail, kind: 'trailing_stop' } : levels.stop;
}

const trailOf = ({ record: { side, levels }, peak }: LiveWatch): DecimalString | null =>
  trailingStopFor(levels.barriers.trailing, side, levels.entryPrice, peak);

function judgeTrail(watch: LiveWatch): Verdict | null {
  const { side, levels } = watch.record;
  const trail = trailOf(watch);
  if (trail === null) return null;
  if (levels.stop === null) return { do: 'moveStop', to: trail };
  const gain = (Number(trail) / Number(levels.stop.price) - 1) * 100 * direction(side);
  return gain >= MIN_TRAIL_STEP_PCT ? { do: 'moveStop', to: trail } : null;
}

function judgeTargets(watch: LiveWatch, price: DecimalString, t: number): Verdict | null {
  const { side, levels } = watch.record;
  const next = levels.barriers.targets[levels.targetsFilled];
  if (!next || !levels.areTargetsResident || better(side, next.price, price)) {
    watch.passedTargetAt = null;
    return null;
  }
  watch.passedTargetAt ??= t;
  if (t - watch.passedTargetAt < RESIDENT_PATIENCE_MS) return null;
  watch.passedTargetAt = t;
  return { do: 'review' };
}

function followPeak(watch: LiveWatch, price: DecimalString, t: number): void {
  if (t >= watch.record.armedAt && better(watch.record.side, price, watch.peak)) watch.peak = price;
}

/** Strictly better for the holder of the position. */
const better = (side: Side, price: DecimalString, than: DecimalString): boolean =>
  side === 'long' ? Number(price) > Number(than) : Number(price) < Number(than);
