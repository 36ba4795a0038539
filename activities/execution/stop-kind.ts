import type { ExitReason, ResolvedBarriers } from '#domain/barriers.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** Rule that put a stop at its price. */
export type StopKind = Extract<ExitReason, 'stop_loss' | 'trailing_stop' | 'break_even'>;

/** Returns the rule that put the stop of a trade at its price. */
export const stopKindOf = ({ stopKind }: Pick<TradeRecord, 'stopKind'>): StopKind =>
  stopKind === 'trailing_stop' || stopKind === 'break_even' ? stopKind : 'stop_loss';

/** Returns the rule by which other exits put a stop at this price. */
export function kindOfNewStop({ stop, breakEven }: ResolvedBarriers, price: DecimalString): StopKind {
  const isStop = stop !== null && amount(stop).eq(price);
  return !isStop && breakEven !== null && amount(breakEven.price).eq(price) ? 'break_even' : 'stop_loss';
}

/**
 * Returns the rule that puts a stop at this price: the level of that price, else the trail, where the trade has one.
 */
export function stopKindAt({ barriers }: Pick<TradeRecord, 'barriers'>, price: DecimalString): StopKind {
  const levels = barriers?.levels;
  if (!levels || (levels.stop !== null && amount(levels.stop).eq(price))) return 'stop_loss';
  if (levels.breakEven !== null && amount(levels.breakEven.price).eq(price)) return 'break_even';
  return levels.trailing.length > 0 ? 'trailing_stop' : 'stop_loss';
}
