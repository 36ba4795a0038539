import { doublingPause } from './doubling-pause.ts';

/** The code of a venue that takes orders only where they rest, as for some minutes after an upgrade. */
export const POST_ONLY_MODE = 'post_only_mode';

/** Refusals of a closing order that end soon by themselves. */
const PASSING: readonly string[] = [
  'ioc_no_match',
  'no_liquidity',
  'price_too_far',
  'open_interest_capped',
  'action_budget_used_up',
  'not_accepted',
  POST_ONLY_MODE,
  'market_closed',
  'venue_paused',
  'trigger_pending',
  'close_pending',
  'settlement_pending',
  'settlement_timeout',
];

const PASSING_PAUSE = { firstMs: 250, longestMs: 5_000 };
const LASTING_PAUSE = { firstMs: 1_000, longestMs: 60_000 };

/** Returns whether the reason for which a closing order was refused ends by itself. */
export const passes = (code: string): boolean => PASSING.includes(code);

/**
 * Returns how long, in ms, the next closing order waits after `inARow` refusals in a row (one or more), of which
 * `code` is the last.
 */
export const pauseAfterRefusals = (code: string, inARow: number): number =>
  doublingPause(passes(code) ? PASSING_PAUSE : LASTING_PAUSE, inARow - 1);
