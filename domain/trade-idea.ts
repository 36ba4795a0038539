import type { Barriers } from './barriers.ts';
import type { Side, Symbol } from './ids.ts';
import type { DecimalString } from './money.ts';
import type { Refusal } from './reasons.ts';
import type { SizeModel } from './sizing.ts';

/** A trade that a message proposes. */
export interface TradeIdea {
  symbol: Symbol;
  side: Side;
  /** Price or middle of the zone the author names for the entry. */
  entry: DecimalString | null;
  /** Stop and targets as far as the author gave them. */
  barriers: Barriers;
  leverage: number | null;
  confidence: number;
  /** The size that a program asks for; words never name one. */
  sizeModel?: SizeModel;
  /** Why the call must not be traded as it was read: a stop that cannot be read, a level that cannot be meant. */
  problem?: Refusal | null;
}
