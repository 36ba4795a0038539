import type { Trader } from './trader.ts';
import type { FaultName, VenueHarness } from './harness.ts';

/** One behaviour every venue must have. Its id is stable: docs and reports hold on to it. */
export interface ConformanceCase {
  id: string;
  /** The promise that the case checks, in one sentence. */
  what: string;
  /** The fault it needs; a venue that cannot have it does not do the case. */
  fault?: FaultName;
  /** Why the case does not apply to a venue, by its capabilities; null when it does. */
  unless?: (harness: VenueHarness) => string | null;
  run: (trader: Trader) => Promise<void>;
}

/** Why the venue does not do the case; null when it does. */
export const reasonNotTo = ({ fault, unless }: ConformanceCase, harness: VenueHarness): string | null =>
  (fault && harness.cannot[fault]) ?? unless?.(harness) ?? null;
