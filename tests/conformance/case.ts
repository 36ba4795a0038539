import type { Trader } from './trader.ts';
import type { FaultName, VenueHarness } from './harness.ts';

/** One behaviour that every venue must have. Its id is stable, because docs and reports name it. */
export interface ConformanceCase {
  id: string;
  /** The promise that the case checks, in one sentence. */
  what: string;
  /** The fault it needs; the case does not apply to a venue that cannot have the fault. */
  fault?: FaultName;
  /** Why the case does not apply to a venue, by its capabilities; null when it does. */
  unless?: (harness: VenueHarness) => string | null;
  run: (trader: Trader) => Promise<void>;
}

/** Returns why the case does not apply to the venue; null when it does. */
export const reasonNotTo = ({ fault, unless }: ConformanceCase, harness: VenueHarness): string | null =>
  (fault && harness.cannot[fault]) ?? unless?.(harness) ?? null;
