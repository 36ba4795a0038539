import { priceAtProfit, roundLevel, type ExitReason, type ResolvedBarriers } from './barriers.ts';
import type { Side } from './ids.ts';
import { amount, type DecimalString } from './money.ts';

/**
 * The exit rules, one price at a time. Watcher, trigger book and sandbox reports are tested against this file. States
 * are immutable plain JSON.
 *
 * Prices have at most 15 significant digits (see `roundLevel`), so they are compared as `number` without loss; levels
 * are computed in decimals.
 */
export type StopKind = 'stop_loss' | 'trailing_stop' | 'break_even';

export interface Stop {
  price: DecimalString;
  /** The rule that set this level; an exit at it has this reason. */
  kind: StopKind;
}

export interface Opening {
  side: Side;
  entryPrice: DecimalString;
  openedAt: number;
}

export interface ExitState extends Opening {
  barriers: ResolvedBarriers;
  stop: Stop | null;
  /** Best price observed since the entry; the entry price until a better one is observed. */
  peak: DecimalString;
  targetsFilled: number;
  /** Fraction of the opened size that is still open. */
  remaining: number;
}

/**
 * One observed price. With `gap` the market jumped to it and nothing traded in between; without it the price moved
 * continuously from the one observed before (for the first, from the entry).
 */
export interface PriceObservation {
  price: DecimalString;
  t: number;
  gap: boolean;
}

export interface ExitFire {
  reason: Extract<ExitReason, StopKind | 'take_profit' | 'time_limit'>;
  price: DecimalString;
  /** Share of the opened size, 0 to 1. */
  fraction: number;
  t: number;
  /** Number of the take profit. */
  leg?: number;
}

export interface StopMove {
  t: number;
  price: DecimalString;
  why: Exclude<StopKind, 'stop_loss'>;
}

export interface ExitStep {
  state: ExitState;
  fires: ExitFire[];
  stopMoves: StopMove[];
}

/** Two fractions closer than this are equal: thirds are not exact as `number`. */
const FRACTION_DUST = 1e-9;

/** Returns the state right after the entry fill. */
export const openExit = (barriers: ResolvedBarriers, opening: Opening): ExitState => ({
  side: opening.side,
  entryPrice: opening.entryPrice,
  openedAt: opening.openedAt,
  barriers,
  stop: initialStop(barriers, opening),
  peak: opening.entryPrice,
  targetsFilled: 0,
  remaining: 1,
});

/**
 * Returns the state and exits after one price, judged in this order: the stop as it stood before, the targets from
 * the nearest on, the time limit, and then the peak with the trail behind it.
 *
 * A level touched by a continuous move fills at the level; a level that the price jumped over fills at the price,
 * which is worse than the level for a stop and equal or better for a target (a resting order).
 */
export function observe(state: ExitState, observation: PriceObservation): ExitStep {
  const step: ExitStep = { state, fires: [], stopMoves: [] };
  if (state.remaining === 0) return step;
  if (isStopTouched(state, observation.price)) {
    return closeAtStop(step, observation.gap ? observation.price : undefined, observation.t);
  }
  fillTargets(step, observation);
  if (step.state.remaining === 0) return step;
  if (isTimeUp(state, observation.t)) {
    return closeRest(step, { reason: 'time_limit', price: observation.price, t: observation.t });
  }
  followPeak(step, observation.price, observation.t);
  return step;
}

/** Returns whether a price is at or through the current stop. */
export const isStopTouched = ({ side, stop }: Pick<ExitState, 'side' | 'stop'>, price: DecimalString) =>
  stop !== null && !isBetter(side, price, stop.price);

/** Returns when the time limit ends the position, in epoch ms; null without a time limit. */
export const deadline = ({ openedAt, barriers }: Pick<ExitState, 'openedAt' | 'barriers'>): number | null =>
  barriers.timeLimitMs === null ? null : openedAt + barriers.timeLimitMs;

/**
 * Returns the stop that the trail sets for a peak: `distancePct` of the last step that the peak has reached, measured
 * from the peak. Null while no step is reached, and until the price has been better than the entry.
 */
export function trailingStopFor(
  steps: ResolvedBarriers['trailing'],
  side: Side,
  entryPrice: DecimalString,
  peak: DecimalString,
): DecimalString | null {
  if (!isBetter(side, peak, entryPrice)) return null;
  const reached = steps.findLast(({ activatesAt }) => !isBetter(side, activatesAt, peak));
  return reached ? roundLevel(priceAtProfit(side, peak, -reached.distancePct)) : null;
}

/** Returns whether a price is strictly better for the holder of a position: higher for a long, lower for a short. */
const isBetter = (side: Side, price: DecimalString, than: DecimalString): boolean =>
  side === 'long' ? Number(price) > Number(than) : Number(price) < Number(than);

/** A position without a stop of its own starts with the trail measured from the entry, if it starts at 0 %. */
function initialStop({ stop, trailing }: ResolvedBarriers, { side, entryPrice }: Opening): Stop | null {
  if (stop !== null) return { price: stop, kind: 'stop_loss' };
  const first = trailing.findLast(({ activatesAt }) => !isBetter(side, activatesAt, entryPrice));
  if (!first) return null;
  return { price: roundLevel(priceAtProfit(side, entryPrice, -first.distancePct)), kind: 'trailing_stop' };
}

function isTimeUp(state: ExitState, t: number): boolean {
  const end = deadline(state);
  return end !== null && t >= end;
}

/** Fills the targets that a price has reached, nearest first; each may move the stop. */
function fillTargets(step: ExitStep, { price, t, gap }: PriceObservation): void {
  const { barriers, targetsFilled, side } = step.state;
  for (const target of barriers.targets.slice(targetsFilled)) {
    if (isBetter(side, target.price, price)) return;
    const at = gap ? price : target.price;
    fillTarget(step, target, at, t);
    if (step.state.remaining === 0) return;
    followPeak(step, at, t);
    if (barriers.breakEven && target.leg >= barriers.breakEven.afterTakeProfit) {
      moveStop(step, { price: barriers.breakEven.price, kind: 'break_even' }, t);
    }
    // Break-even can lie beyond a very near target; such a stop is touched at once.
    if (isStopTouched(step.state, at)) closeAtStop(step, at, t);
    if (step.state.remaining === 0) return;
  }
}

function fillTarget(
  step: ExitStep,
  target: ResolvedBarriers['targets'][number],
  at: DecimalString,
  t: number,
) {
  const { state } = step;
  const left = amount(state.remaining).sub(target.fraction).toNumber();
  const isLast = left < FRACTION_DUST;
  const fraction = isLast ? state.remaining : target.fraction;
  step.fires.push({ reason: 'take_profit', price: roundLevel(at), fraction, t, leg: target.leg });
  step.state = { ...state, remaining: isLast ? 0 : left, targetsFilled: state.targetsFilled + 1 };
}

function followPeak(step: ExitStep, price: DecimalString, t: number): void {
  const { side, peak, entryPrice, barriers } = step.state;
  if (!isBetter(side, price, peak)) return;
  step.state = { ...step.state, peak: roundLevel(price) };
  const trail = trailingStopFor(barriers.trailing, side, entryPrice, price);
  if (trail !== null) moveStop(step, { price: trail, kind: 'trailing_stop' }, t);
}

/** Moves the stop if the proposed one is tighter; the system never loosens a stop. */
function moveStop(step: ExitStep, proposed: Stop & { kind: StopMove['why'] }, t: number): void {
  const { side, stop } = step.state;
  if (stop !== null && !isBetter(side, proposed.price, stop.price)) return;
  step.state = { ...step.state, stop: { price: proposed.price, kind: proposed.kind } };
  step.stopMoves.push({ t, price: proposed.price, why: proposed.kind });
}

/** Closes the open size at the stop: at its level, or at the print when the market jumped past the level. */
function closeAtStop(step: ExitStep, print: DecimalString | undefined, t: number): ExitStep {
  const { stop } = step.state;
  return stop === null ? step : closeRest(step, { reason: stop.kind, price: print ?? stop.price, t });
}

function closeRest(step: ExitStep, exit: Pick<ExitFire, 'reason' | 'price' | 't'>): ExitStep {
  step.fires.push({ ...exit, price: roundLevel(exit.price), fraction: step.state.remaining });
  step.state = { ...step.state, remaining: 0 };
  return step;
}
