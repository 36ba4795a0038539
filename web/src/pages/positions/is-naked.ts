import type { Position } from '#api/schemas/position.ts';

/** Returns whether a position is open without a stop at its venue. */
export const isNaked = ({ phase, stopPrice }: Pick<Position, 'phase' | 'stopPrice'>): boolean =>
  phase === 'open' && stopPrice === null;
