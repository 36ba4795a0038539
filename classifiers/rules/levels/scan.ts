import type { Token } from '../tokens.ts';
import type { FoundLevels, LevelRole, WrittenLevel } from './level.ts';

/** How far the reading of a message has come. */
export interface Scan {
  readonly tokens: readonly Token[];
  /** The tokens right behind which an entry stands. */
  readonly anchors: ReadonlySet<number>;
  readonly found: FoundLevels;
  role: LevelRole | 'other' | null;
  /** The last number read under this role, for zones and fractions. */
  last: WrittenLevel | null;
  /** Index of a keyword that already named the number before it. */
  taken: number | null;
  /** Where the stop was named that has no number yet. */
  stopAt: number | null;
  /** The scan stands in a list of prices. */
  isListed: boolean;
}

/** Returns a scan that has read nothing yet. */
export const startScan = (tokens: readonly Token[], anchors: ReadonlySet<number>): Scan => ({
  tokens,
  anchors,
  found: { levels: [], unreadStops: [] },
  role: null,
  last: null,
  taken: null,
  stopAt: null,
  isListed: false,
});

/** The next number has this role; a stop that is named and has none is unread. */
export function reset(scan: Scan, role: Scan['role']): void {
  leaveStop(scan);
  scan.role = role;
  scan.last = null;
  scan.isListed = false;
}

/** Notes a stop that is named and has no number. */
export function leaveStop(scan: Scan): void {
  if (scan.stopAt !== null && !(scan.role === 'stop' && scan.last)) scan.found.unreadStops.push(scan.stopAt);
  scan.stopAt = null;
}
