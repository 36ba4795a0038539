import type { Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Plan } from './plan/plan.ts';
import type { Cue } from './sides.ts';

/** A side taken in one instrument, with all that belongs to it. */
export interface Reading {
  symbol: Symbol;
  cue: Cue;
  plan: Plan;
  /** Named together with other instruments, which one price cannot all be for. */
  shared: boolean;
  /** The present price of the instrument, or null. */
  price: DecimalString | null;
}
