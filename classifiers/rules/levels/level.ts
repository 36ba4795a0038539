import type { WrittenNumber } from '../numbers.ts';

export type LevelRole = 'entry' | 'stop' | 'target' | 'fraction' | 'trail' | 'activation' | 'leverage';

/** A number of a post and what it is for. */
export interface WrittenLevel {
  at: number;
  role: LevelRole;
  number: WrittenNumber;
  /** Measured on the margin, not on the price: `50% ROI`. */
  isRoi: boolean;
  /** The price has to come there first: `entry above 66000`. */
  from: 'above' | 'below' | null;
  /** One of a list, not one end of a zone. */
  isListed: boolean;
}

export interface FoundLevels {
  levels: WrittenLevel[];
  /** Places where a stop is named and no price or distance for it can be read. */
  unreadStops: number[];
}
