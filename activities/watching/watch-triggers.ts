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

/** Part of a step's price by which it is judged early: triggers are computed in binary, verdicts in decimals. */
const EARLY = 1e-12;

/** Returns the triggers of a watch: at a price between them, before its due time, `judge` would only move the peak. */
export function triggersOf(watch: LiveWatch): Triggers {
  const { record, isBusy, exitReason, waitsUntil } = watch;
  const riding = ride(watch);
  if (record.status !== 'armed' || (isBusy && exitReason !== null)) return riding;
  // The exit is decided and cannot be sent yet: judged again when the wait is over.
  if (exitReason !== null) return { ...riding, dueAt: waitsUntil ?? 0 };
  return watch.passedStopAt === null ? standing(watch, riding) : waitingForVenue(watch, riding);
}

/** Returns triggers that follow the peak, and fire only where another step of the trail takes over. */
function ride({ record: { side, levels }, peak }: LiveWatch): Triggers {
  const steps = levels.barriers.trailing;
  const { better } = trailTriggers({ steps, side, entryPrice: levels.entryPrice, peak });
  return { worse: null, better, peak: Number(peak), trailPct: null, dueAt: null };
}

/** Returns the triggers while the price is on the right side of the stop. */
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

/** Returns the triggers while the price is through the resident stop: it comes back, or the wait ends. */
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

/** Returns the peak at which the trail has gained enough on the resident stop to move it. */
function stepPrice({ record: { side, levels } }: LiveWatch, trailPct: number | null): number | null {
  if (levels.stop === null || trailPct === null) return null;
  const sign = direction(side);
  const gained = Number(levels.stop.price) * (1 + (sign * MIN_TRAIL_STEP_PCT) / 100);
  return (gained / (1 - (sign * trailPct) / 100)) * (1 - sign * EARLY);
}

/** Returns the due time of a stop that is to move: the next price, whatever it is; null when none is to move. */
const moveTime = (watch: LiveWatch): number | null => (wantedStop(watch) === null ? null : 0);
