/**
 * What can be done about a stop that the venue refused:
 * - `wait`: the reason passes, or nobody knows it; the same again soon.
 * - `resize`: the position is not the size that the books have; ask for it, then again.
 * - `close`: the price is past the stop already, or no attempt will ever be taken.
 */
export type StopRemedy = 'wait' | 'resize' | 'close';

const REMEDIES: Readonly<Record<string, StopRemedy>> = {
  price_too_far: 'wait',
  no_liquidity: 'wait',
  open_interest_capped: 'wait',
  action_budget_used_up: 'wait',
  venue_rejected: 'wait',
  not_accepted: 'wait',
  unresolved: 'wait',
  order_over: 'wait',
  reduce_only_would_increase: 'resize',
  size_illegal: 'resize',
  below_minimum: 'resize',
  position_too_large: 'resize',
};

/** The remedy for a refusal by its stable code; what has none is closed rather than left without a stop. */
export const remedyFor = (code: string): StopRemedy => REMEDIES[code] ?? 'close';
