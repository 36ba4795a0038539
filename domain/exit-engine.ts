import { priceAtProfit, roundLevel, type ExitReason, type ResolvedBarriers } from './barriers.ts';
import type { Side } from './ids.ts';
import { amount, type DecimalString } from './money.ts';

/**
 * The exit rules, one price at a time: the reference every other implementation (watcher, trigger book,
 * sandbox reports) is held against. States are immutable and plain JSON.
 *
 * Prices carry at most 15 significant digits (see `roundLevel`), so they are compared as `number` without
 * losing anything; levels are computed in decimals.
 */
export type StopKind = 'stop_loss' | 'trailing_stop' | 'break_even';

export interface Stop {
  price: DecimalString;
  /** What set this level: the exit is reported under this name. */
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
  /** Best price observed since the entry; the entry price until one was better. */
  peak: DecimalString;
  targetsFilled: number;
  /** Fraction of the opened size that is still open. */
  remaining: number;
}

/**
 * One price. With `gap` the market jumped here and nothing traded in between; without it the price moved
 * continuously from the one observed before (from the entry, for the first).
 */
export interface PriceObservation {
  price: DecimalString;
  t: number;
  gap: boolean;
}

export interface ExitFire {
  reason: Extract<ExitReason, StopKind | 'take_profit' | 'time_limit'>;
  price: DecimalString;
  /** Of the opened size. */
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

/** Fractions closer than this are the same: it absorbs what thirds lose as `number`. */
const FRACTION_DUST = 1e-9;

/** The state right after the entry fill. */
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
 * Judges one price. In this order: the stop as it stood before, the targets from the nearest on, the time
 * limit, and only then the peak with the trail behind it.
 *
 * A level that was touched in a continuous move fills at the level itself; one that was jumped over fills at
 * the print. For a stop that is worse than its level, for a target (a resting order) its own price or better.
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

/** Whether a price is at or through the current stop. */
export const isStopTouched = ({ side, stop }: Pick<ExitState, 'side' | 'stop'>, price: DecimalString) =>
  stop !== null && !isBetter(side, price, stop.price);

/** When the time limit ends the position, in epoch ms; null without one. */
export const deadline = ({ openedAt, barriers }: Pick<ExitState, 'openedAt' | 'barriers'>): number | null =>
  barriers.timeLimitMs === null ? null : openedAt + barriers.timeLimitMs;

/**
 * Where the trail stands for a peak: `distancePct` of the last step the peak has reached, measured from the
 * peak. Null while no step is reached, and until the price has been better than the entry: before that there
 * is no peak to follow, and the position's own stop holds.
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

/** Strictly better for the holder of a position: higher for a long, lower for a short. */
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

/** Fills the targets a price has reached, nearest first; each may move the stop behind it. */
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
    // Break-even can lie beyond a very near target; such a stop is touched the moment it is set.
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

/** Moves the stop if that tightens it; the system never loosens one. */
function moveStop(step: ExitStep, proposed: Stop & { kind: StopMove['why'] }, t: number): void {
  const { side, stop } = step.state;
  if (stop !== null && !isBetter(side, proposed.price, stop.price)) return;
  step.state = { ...step.state, stop: { price: proposed.price, kind: proposed.kind } };
  step.stopMoves.push({ t, price: proposed.price, why: proposed.kind });
}

/** Closes what is left at the stop: at its own level unless the market was already past it. */
function closeAtStop(step: ExitStep, print: DecimalString | undefined, t: number): ExitStep {
  const { stop } = step.state;
  return stop === null ? step : closeRest(step, { reason: stop.kind, price: print ?? stop.price, t });
}

function closeRest(step: ExitStep, exit: Pick<ExitFire, 'reason' | 'price' | 't'>): ExitStep {
  step.fires.push({ ...exit, price: roundLevel(exit.price), fraction: step.state.remaining });
  step.state = { ...step.state, remaining: 0 };
  return step;
}
