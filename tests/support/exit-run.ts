import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { observe, openExit } from '#domain/exit-engine.ts';
import type { ExitFire, ExitState, PriceObservation, StopMove } from '#domain/exit-engine.ts';
import type { Side } from '#domain/ids.ts';

/** Returns a position entered at price 100 and time 0 with these barriers. */
export function open(barriers: Barriers, side: Side = 'long', entryPrice = '100'): ExitState {
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  if (!resolved.ok) throw new Error(resolved.refusal.text);
  return openExit(resolved.value, { side, entryPrice, openedAt: 0 });
}

export interface Run {
  states: ExitState[];
  fires: ExitFire[];
  stopMoves: StopMove[];
}

/** Feeds a whole path of prices and returns every state, the first included. */
export function run(start: ExitState, path: PriceObservation[]): Run {
  const ran: Run = { states: [start], fires: [], stopMoves: [] };
  for (const observation of path) {
    const step = observe(ran.states.at(-1) ?? start, observation);
    ran.states.push(step.state);
    ran.fires.push(...step.fires);
    ran.stopMoves.push(...step.stopMoves);
  }
  return ran;
}

/** A continuous path through these prices, one a minute; a price written with `!` is a jump. */
export const path = (...prices: string[]): PriceObservation[] =>
  prices.map((price, index) => ({
    price: price.replace('!', ''),
    t: (index + 1) * 60_000,
    gap: price.endsWith('!'),
  }));
