import { resolveBarriers, roundLevel, type Barriers, type LevelRefusal } from './barriers.ts';
import { observe, openExit } from './exit-engine.ts';
import type { ExitFire, ExitState, PriceObservation, StopMove } from './exit-engine.ts';
import { roundTripFeePct } from './fees.ts';
import { direction, type Side } from './ids.ts';
import { Amount, amount, type DecimalString } from './money.ts';
import { accept, type Ruling } from './reasons.ts';

/** Result of one position's barriers on a price path. Times are epoch ms, prices decimal strings. */
export interface SimulationResult {
  side: Side;
  entry: { price: DecimalString; t: number };
  /** Each exit in the order it happened; fractions are of the opened size. */
  legs: { reason: ExitFire['reason']; price: DecimalString; t: number; fraction: number }[];
  stopMoves: StopMove[];
  /** Fraction still open when the prices ended. */
  open: number;
  /** Profit of the closed legs in percent of the entry value, after fees; an open rest does not count. */
  pnlPct: number;
}

export interface SimulationOptions {
  side: Side;
  /** Fee of each order, entry and exit, in basis points of its value. */
  feeBps: number;
}

/** A simulation under way. It takes one price at a time and keeps the events, never the path. */
export interface Simulation {
  options: SimulationOptions;
  state: ExitState;
  fires: ExitFire[];
  stopMoves: StopMove[];
  lastPrice: DecimalString;
}

/** Opens the position; returns a refusal when barriers lie on the wrong side of the entry. */
export function startSimulation(
  barriers: Barriers,
  entry: { price: DecimalString; t: number },
  options: SimulationOptions,
): Ruling<Simulation, LevelRefusal> {
  const entryPrice = roundLevel(entry.price);
  const { side, feeBps } = options;
  const feesPct = roundTripFeePct({ entryBps: feeBps, exitBps: feeBps, flatUsd: '0' }, '1');
  const resolved = resolveBarriers(barriers, { side, entryPrice, feesPct });
  if (!resolved.ok) return resolved;
  const state = openExit(resolved.value, { side: options.side, entryPrice, openedAt: entry.t });
  return accept({ options, state, fires: [], stopMoves: [], lastPrice: entryPrice });
}

/** Feeds the next price and updates the simulation in place. A closed position ignores it. */
export function feedSimulation(simulation: Simulation, observation: PriceObservation): void {
  if (simulation.state.remaining === 0) return;
  const step = observe(simulation.state, observation);
  simulation.state = step.state;
  simulation.fires.push(...step.fires);
  simulation.stopMoves.push(...step.stopMoves);
  simulation.lastPrice = observation.price;
}

export function simulationResult({ options, state, fires, stopMoves }: Simulation): SimulationResult {
  return {
    side: state.side,
    entry: { price: state.entryPrice, t: state.openedAt },
    legs: fires.map(({ reason, price, t, fraction }) => ({ reason, price, t, fraction })),
    stopMoves,
    open: state.remaining,
    pnlPct: legsPnlPct(state, fires, options.feeBps),
  };
}

/** Runs a whole path that fits in memory and returns its result. */
export function simulate(
  barriers: Barriers,
  entry: { price: DecimalString; t: number },
  observations: Iterable<PriceObservation>,
  options: SimulationOptions,
): Ruling<SimulationResult, LevelRefusal> {
  const started = startSimulation(barriers, entry, options);
  if (!started.ok) return started;
  for (const observation of observations) feedSimulation(started.value, observation);
  return accept(simulationResult(started.value));
}

/**
 * Returns the profit in percent of the entry value that a part of a position makes at a price, after the fees of both
 * orders.
 */
export function pnlPctAt(
  { side, entryPrice }: Pick<ExitState, 'side' | 'entryPrice'>,
  exit: { price: DecimalString; fraction: number },
  feeBps: number,
): Amount {
  const ratio = amount(exit.price).div(amount(entryPrice));
  const fees = ratio.add(1).mul(feeBps).div(10_000);
  return ratio.sub(1).mul(direction(side)).sub(fees).mul(exit.fraction).mul(100);
}

const legsPnlPct = (state: ExitState, fires: ExitFire[], feeBps: number): number =>
  fires
    .reduce((total, fire) => total.add(pnlPctAt(state, fire, feeBps)), new Amount(0))
    .toDecimalPlaces(10)
    .toNumber();
