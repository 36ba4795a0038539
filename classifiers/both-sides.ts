import type { Side, Symbol } from '#domain/ids.ts';
import type { TradeIdea } from './classifier.ts';

/** Returns the first instrument that is called both long and short; null when none is. */
export function bothSides(ideas: readonly TradeIdea[]): Symbol | null {
  const sides = new Map<Symbol, Side>();
  for (const { symbol, side } of ideas) {
    if ((sides.get(symbol) ?? side) !== side) return symbol;
    sides.set(symbol, side);
  }
  return null;
}
