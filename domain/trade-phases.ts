/** The phases of a trade in the order in which it passes them; `skipped` is the end of one that was never ordered. */
export const TRADE_PHASES = [
  'routing',
  'opening',
  'open',
  'closing',
  'settling',
  'closed',
  'skipped',
] as const;
export type TradePhase = (typeof TRADE_PHASES)[number];

/** Phases in which a trade may hold a position or have orders at its venue. */
export const EXPOSED_PHASES = ['opening', 'open', 'closing'] as const satisfies readonly TradePhase[];

/** Phases between the decision for an entry and the settled end. */
export const LIVE_PHASES = [...EXPOSED_PHASES, 'settling'] as const satisfies readonly TradePhase[];

/** Phases in which a position is on its way out or gone. */
export const LEAVING_PHASES = [
  'closing',
  'settling',
  'closed',
  'skipped',
] as const satisfies readonly TradePhase[];

/** Phases in which nothing is left to do but to bill. */
export const ENDED_PHASES = ['closed', 'skipped'] as const satisfies readonly TradePhase[];

/** Returns whether a trade in this phase has begun to leave the market, or never entered it. */
export const isLeaving = (phase: TradePhase): boolean => LEAVING_PHASES.some((leaving) => leaving === phase);

/** Returns whether a trade in this phase is over. */
export const hasEnded = (phase: TradePhase): boolean => ENDED_PHASES.some((ended) => ended === phase);
