import type { Side, Symbol } from './ids.ts';

/** The facts by which a person tells a trade from others before it has a plan. */
export interface TradeSubject {
  symbol: Symbol;
  side: Side;
  /** Absent where the trade goes on from the books. */
  agentName?: string;
}
