import type { LagReport } from './change-lag.ts';

/** What the heartbeat says of a watcher. */
export interface WatcherHealth {
  watches: number;
  /** Without it prices are not known, and nothing is fired. */
  streamUp: boolean;
  /** Whether prices that went by are still being made up for. */
  behind: boolean;
  lastTickAt: number | null;
  changesSeenAfterMs: LagReport | null;
}
