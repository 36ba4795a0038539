import type { CandlePath } from '#domain/candles.ts';
import { passesLowFirst } from '#domain/candles.ts';
import { deadline, observe, type ExitFire, type ExitState, type StopMove } from '#domain/exit-engine.ts';
import type { Side } from '#domain/ids.ts';
import { indexFrom, priceText, type PriceSeries } from '../prices/price-series.ts';

/** An exit with the moment from which on the account has it. */
export interface TimedFire extends ExitFire {
  /**
   * Epoch ms: the time of a print or of an open; the end of a candle for what happened inside it, because nobody knows
   * when in it.
   */
  knownAt: number;
}

/**
 * A position on its way along the prices of its instrument. The engine of `domain/` holds its state; beside it stand the
 * prices between which nothing can happen, as plain numbers, so that quiet prices are passed over without asking it.
 */
export interface Position {
  side: Side;
  path: CandlePath;
  series: PriceSeries;
  state: ExitState;
  /** The next index that is looked at. */
  at: number;
  /** Adverse price from which on the engine is asked; favourable price likewise. */
  adverse: number;
  favourable: number;
  /** The time limit, epoch ms; infinite without one. */
  deadline: number;
  /** Best and worst price since the entry. */
  best: number;
  worst: number;
  /**
   * The best price that the engine has not been told of yet: it moves only the trail, and counts when the price comes
   * back to it. NaN where the engine knows all.
   */
  untoldPeak: number;
  untoldAt: number;
  fires: TimedFire[];
  stopMoves: StopMove[];
  /** Whether each move of the stop is wanted; without, the engine is asked less. */
  keepsMoves: boolean;
  /** How the position goes on under the other order of extremes, from where the two differ; null until then. */
  other: Position | null;
  /** The other order that is followed; null where it is not asked for. */
  otherPath: CandlePath | null;
}

export interface PositionOptions {
  path: CandlePath;
  otherPath: CandlePath | null;
  keepsMoves: boolean;
}

/** Starts the way of a position that was entered at an index of its prices. */
export function openPosition(
  state: ExitState,
  series: PriceSeries,
  at: number,
  { path, otherPath, keepsMoves }: PositionOptions,
): Position {
  const print = series.open[at]!;
  const position: Position = {
    side: state.side,
    path,
    otherPath,
    keepsMoves,
    series,
    state,
    at,
    adverse: NaN,
    favourable: NaN,
    deadline: deadline(state) ?? Infinity,
    best: print,
    worst: print,
    untoldPeak: NaN,
    untoldAt: 0,
    fires: [],
    stopMoves: [],
    other: null,
  };
  bracket(position);
  return position;
}

export const isOpen = ({ state }: Position): boolean => state.remaining > 0;

/** Leads a position, and its other course, along the prices before index `end`, or until it has ended. */
export function advance(position: Position, end: number): void {
  advanceCourse(position, end);
  if (position.other) advanceCourse(position.other, end);
}

function advanceCourse(position: Position, end: number): void {
  const { series } = position;
  const limit = position.deadline === Infinity ? end : Math.min(end, indexFrom(series, position.deadline));
  while (isOpen(position) && position.at < end) {
    const touched = position.side === 'long' ? scanLong(position, limit) : scanShort(position, limit);
    position.at = touched;
    if (touched >= end) return;
    if (touched < limit && passesPeak(position, touched)) continue;
    askEngine(position, touched);
    position.at = touched + 1;
  }
}

/** Returns the first index from `position.at` on that may do anything, at most `end`. */
function scanLong(position: Position, end: number): number {
  const { series, adverse, favourable } = position;
  const { high, low } = series;
  let { best, worst, at } = position;
  for (; at < end; at++) {
    const up = high[at]!;
    const down = low[at]!;
    if (down <= adverse || up >= favourable) break;
    if (up > best) best = up;
    if (down < worst) worst = down;
  }
  position.best = best;
  position.worst = worst;
  return at;
}

function scanShort(position: Position, end: number): number {
  const { series, adverse, favourable } = position;
  const { high, low } = series;
  let { best, worst, at } = position;
  for (; at < end; at++) {
    const up = high[at]!;
    const down = low[at]!;
    if (up >= adverse || down <= favourable) break;
    if (down < best) best = down;
    if (up > worst) worst = up;
  }
  position.best = best;
  position.worst = worst;
  return at;
}

/** Room for the rounding of plain numbers: levels nearer than this are the engine's to judge. */
const NEAR = 1e-9;

/**
 * Passes over a candle that touches neither stop nor target nor a new step of the trail, and at most has a new best price
 * behind an active trail, whose stop it stays clear of. Returns false, and changes nothing, for any other. The peak is
 * kept for the engine, and the next levels follow from it.
 */
function passesPeak(position: Position, index: number): boolean {
  const { side, series, state } = position;
  const isLong = side === 'long';
  const sign = isLong ? 1 : -1;
  const reach = isLong ? series.high[index]! : series.low[index]!;
  const depth = isLong ? series.low[index]! : series.high[index]!;
  const ceiling = firmCeiling(state);
  if ((reach - ceiling) * sign >= 0 || (depth - position.adverse) * sign <= 0) return false;
  if ((reach - knownPeak(position)) * sign > 0) {
    const distance = position.keepsMoves ? null : activeDistance(state);
    if (distance === null) return false;
    const trail = reach * (1 - sign * (distance / 100 - NEAR));
    const adverse = isLong ? Math.max(position.adverse, trail) : Math.min(position.adverse, trail);
    if ((depth - adverse) * sign <= 0) return false;
    position.untoldPeak = reach;
    position.untoldAt = series.times[index]!;
    position.adverse = adverse;
    position.favourable = isLong ? Math.min(ceiling, reach) : Math.max(ceiling, reach);
  }
  noteReach(position, reach);
  noteReach(position, depth);
  position.at = index + 1;
  return true;
}

const knownPeak = ({ untoldPeak, state }: Position): number =>
  Number.isNaN(untoldPeak) ? Number(state.peak) : untoldPeak;

/** Returns the favourable price at which more than the peak changes: the next target, the next step of the trail. */
function firmCeiling({ side, barriers, targetsFilled, peak }: ExitState): number {
  const sign = side === 'long' ? 1 : -1;
  let ceiling = sign * Infinity;
  const target = barriers.targets[targetsFilled];
  if (target) ceiling = Number(target.price);
  for (const { activatesAt } of barriers.trailing) {
    const level = Number(activatesAt);
    if ((level - Number(peak)) * sign > 0 && (level - ceiling) * sign < 0) ceiling = level;
  }
  return ceiling;
}

/** Returns the distance of the trail in percent of the peak, once a peak better than the entry has activated it. */
function activeDistance({ side, barriers, peak, entryPrice }: ExitState): number | null {
  const sign = side === 'long' ? 1 : -1;
  const isActive = ({ activatesAt }: { activatesAt: string }) =>
    (Number(peak) - Number(activatesAt)) * sign >= 0;
  const step = barriers.trailing.findLast(isActive);
  return step && (Number(peak) - Number(entryPrice)) * sign >= 0 ? step.distancePct : null;
}

/** Sets the prices between which nothing happens, from the state of the engine. */
function bracket(position: Position): void {
  const { state } = position;
  const isLong = state.side === 'long';
  const ceiling = firmCeiling(state);
  const peak = activeDistance(state) === null ? ceiling : Number(state.peak);
  position.adverse = state.stop === null ? (isLong ? -Infinity : Infinity) : Number(state.stop.price);
  position.favourable = isLong ? Math.min(ceiling, peak) : Math.max(ceiling, peak);
  position.untoldPeak = NaN;
}

/** Has the engine judge the prices of one index, and follows the other order of extremes where it ends otherwise. */
function askEngine(position: Position, index: number): void {
  tellPeak(position);
  const { other, otherPath, series } = position;
  const before = other !== null || otherPath === null || series.intervalMs === null ? null : { ...position };
  walk(position, index);
  if (before) followOther(position, before, index);
  bracket(position);
}

/** Starts the other course of a position where the other order of extremes leads to another state. */
function followOther(position: Position, before: Position, index: number): void {
  const { otherPath } = before;
  if (otherPath === null) return;
  const other: Position = { ...before, path: otherPath, otherPath: null, keepsMoves: false, stopMoves: [] };
  walk(other, index);
  if (isAlike(position, other)) return;
  other.at = index + 1;
  bracket(other);
  position.other = other;
}

const isAlike = (one: Position, other: Position): boolean =>
  one.fires.length === other.fires.length &&
  one.state.remaining === other.state.remaining &&
  one.state.peak === other.state.peak &&
  one.state.stop?.price === other.state.stop?.price &&
  one.fires.every(
    (fire, at) => fire.price === other.fires[at]?.price && fire.reason === other.fires[at]?.reason,
  );

/** Tells the engine of the best price that it was not asked about when it came. */
function tellPeak(position: Position): void {
  if (Number.isNaN(position.untoldPeak)) return;
  const told = { price: priceText(position.untoldPeak), t: position.untoldAt, gap: false };
  position.state = observe(position.state, told).state;
  position.untoldPeak = NaN;
}

/** Leads the engine through the prices of one index in the order of the position's path. */
function walk(position: Position, index: number): void {
  const { series } = position;
  const t = series.times[index]!;
  position.fires = [...position.fires];
  if (series.intervalMs === null) {
    feed(position, series.open[index]!, t, series.jumps === null || series.jumps[index] === 1, t);
    return;
  }
  const [open, high, low] = [series.open[index]!, series.high[index]!, series.low[index]!];
  const isLowFirst = passesLowFirst(position.path, position.side, { open, high, low });
  const end = t + series.intervalMs;
  feed(position, open, t, true, t);
  feed(position, isLowFirst ? low : high, t, false, end);
  feed(position, isLowFirst ? high : low, t, false, end);
  feed(position, series.close[index]!, t, false, end);
}

function feed(position: Position, price: number, t: number, gap: boolean, knownAt: number): void {
  if (!isOpen(position)) return;
  const step = observe(position.state, { price: priceText(price), t, gap });
  position.state = step.state;
  if (position.keepsMoves) position.stopMoves.push(...step.stopMoves);
  for (const fire of step.fires) position.fires.push({ ...fire, knownAt });
  // What lies beyond the price of the last exit is not the position's any more.
  const last = step.state.remaining === 0 ? Number(step.fires.at(-1)?.price ?? price) : price;
  noteReach(position, last);
}

function noteReach(position: Position, price: number): void {
  const sign = position.side === 'long' ? 1 : -1;
  if ((price - position.best) * sign > 0) position.best = price;
  if ((price - position.worst) * sign < 0) position.worst = price;
}
