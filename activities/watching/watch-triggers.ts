import { direction } from '#domain/ids.ts';
import { justAbove } from '#domain/trigger-book/just-above.ts';
import { nearestBetter, nearestWorse, soonest } from '#domain/trigger-book/nearest.ts';
import { trailTriggers } from '#domain/trigger-book/trail-triggers.ts';
import type { Triggers } from '#domain/trigger-book/trigger-book.ts';
import {
  currentStop,
  MIN_TRAIL_STEP_PCT,
  nextFiredTarget,
  nextResidentTarget,
  RESIDENT_PATIENCE_MS,
  wantedStop,
  type LiveWatch,
} from './live-watch.ts';

/** The price of a step is worked out in binary: asked for a little early, as `judge` decides in decimals. */
const EARLY = 1e-12;

/** What a watch waits for: at any price between its triggers, before its time, `judge` would only follow the peak. */
export function triggersOf(watch: LiveWatch): Triggers {
  const { record, isBusy, exitReason, waitsUntil } = watch;
  const riding = ride(watch);
  if (record.status !== 'armed' || (isBusy && exitReason !== null)) return riding;
  // Decided, and for now not to be had: asked again when the wait is over.
  if (exitReason !== null) return { ...riding, dueAt: waitsUntil ?? 0 };
  return watch.passedStopAt === null ? standing(watch, riding) : waitingForVenue(watch, riding);
}

/** Follows the peak, and wakes only where another step of the trail takes over. */
function ride({ record: { side, levels }, peak }: LiveWatch): Triggers {
  const steps = levels.barriers.trailing;
  const { better } = trailTriggers({ steps, side, entryPrice: levels.entryPrice, peak });
  return { worse: null, better, peak: Number(peak), trailPct: null, dueAt: null };
}

/** Returns the price is on the right side of the stop. */
function standing(watch: LiveWatch, riding: Triggers): Triggers {
  const { side, levels, timeLimitAt } = watch.record;
  const { isBusy, peak, waitsUntil } = watch;
  const stop = currentStop(watch);
  const worse = stop === null ? null : Number(stop.price);
  const { trailPct } = trailTriggers({
    steps: levels.barriers.trailing,
    side,
    entryPrice: levels.entryPrice,
    peak,
  });
  const step = isBusy || waitsUntil !== null ? null : stepPrice(watch, trailPct);
  const armed = { ...riding, worse, trailPct, better: nearestBetter(side, riding.better, step) };
  if (isBusy) return { ...armed, dueAt: timeLimitAt };
  return withTarget(watch, { ...armed, dueAt: soonest(timeLimitAt, waitsUntil ?? moveTime(watch)) });
}

/** Returns the price is through the resident stop: either it comes back, or our patience ends. */
function waitingForVenue(watch: LiveWatch, riding: Triggers): Triggers {
  const { record, passedStopAt } = watch;
  const sign = direction(record.side);
  const back = record.levels.stop && sign * justAbove(sign * Number(record.levels.stop.price));
  const patience = passedStopAt === null ? null : passedStopAt + RESIDENT_PATIENCE_MS;
  return {
    ...riding,
    better: nearestBetter(record.side, riding.better, back),
    dueAt: soonest(record.timeLimitAt, patience),
  };
}

function withTarget(watch: LiveWatch, armed: Triggers): Triggers {
  const target = nextFiredTarget(watch)?.price ?? nextResidentTarget(watch);
  if (target === null) return armed;
  const { side } = watch.record;
  const level = Number(target);
  if (watch.passedTargetAt === null) return { ...armed, better: nearestBetter(side, armed.better, level) };
  const sign = direction(side);
  const back = -sign * justAbove(-sign * level);
  return {
    ...armed,
    worse: nearestWorse(side, armed.worse, back),
    dueAt: soonest(armed.dueAt, watch.passedTargetAt + RESIDENT_PATIENCE_MS),
  };
}

/** Returns the peak from which on the trail has gained enough on the resident stop to move it. */
function stepPrice({ record: { side, levels } }: LiveWatch, trailPct: number | null): number | null {
  if (levels.stop === null || trailPct === null) return null;
  const sign = direction(side);
  const gained = Number(levels.stop.price) * (1 + (sign * MIN_TRAIL_STEP_PCT) / 100);
  return (gained / (1 - (sign * trailPct) / 100)) * (1 - sign * EARLY);
}

/** Returns a stop that is to move already moves at the next price, wherever that is. */
const moveTime = (watch: LiveWatch): number | null => (wantedStop(watch) === null ? null : 0);
