import type { LagReport } from './change-lag.ts';

/** Details in the heartbeat of a watcher. */
export interface WatcherHealth {
  watches: number;
  /** False while no prices come, so that nothing is fired. */
  streamUp: boolean;
  /** True while prices are owed to watches. */
  behind: boolean;
  lastTickAt: number | null;
  changesSeenAfterMs: LagReport | null;
}
