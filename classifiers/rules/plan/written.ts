import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { WrittenBreakEven } from '../break-even.ts';
import type { WrittenLevel } from '../levels/level.ts';

/** Everything that was read for one instrument and side. */
export interface Written {
  levels: readonly WrittenLevel[];
  breakEvens: readonly WrittenBreakEven[];
  /** A stop is named that could not be read. */
  hasUnreadStop: boolean;
  symbol: Symbol;
  side: Side;
  /** The present price of the instrument, or null. */
  price: DecimalString | null;
}

export interface Context extends Written {
  entry: DecimalString | null;
  leverage: number | null;
}

export const isPrice = ({ role, number }: WrittenLevel): boolean =>
  (role === 'entry' || role === 'stop' || role === 'target') && number.unit === 'plain';
