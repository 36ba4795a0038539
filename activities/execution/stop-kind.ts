import type { ExitReason } from '#domain/barriers.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import type { TradeRecord } from '#prisma/repositories/trades.ts';

/** What puts a stop where it stands. */
export type StopKind = Extract<ExitReason, 'stop_loss' | 'trailing_stop' | 'break_even'>;

/** What put the stop where it stands. */
export const stopKindOf = ({ stopKind }: Pick<TradeRecord, 'stopKind'>): StopKind =>
  stopKind === 'trailing_stop' || stopKind === 'break_even' ? stopKind : 'stop_loss';

/** What puts a stop at this price: the level of that price, else the trail where the trade has one. */
export function stopKindAt({ barriers }: Pick<TradeRecord, 'barriers'>, price: DecimalString): StopKind {
  const levels = barriers?.levels;
  if (!levels || (levels.stop !== null && amount(levels.stop).eq(price))) return 'stop_loss';
  if (levels.breakEven !== null && amount(levels.breakEven.price).eq(price)) return 'break_even';
  return levels.trailing.length > 0 ? 'trailing_stop' : 'stop_loss';
}
