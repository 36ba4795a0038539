import { planProtection } from '#domain/entry-plan.ts';
import { tightenOnly, type ResolvedBarriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { stopKindOf } from './stop-kind.ts';
import type { WantedStop } from './stops.ts';

/**
 * Returns the stop as it should rest now: where it rests, or at break-even once the take profit for that has filled.
 * Returns the resting stop while the trade is paused.
 */
export function wantedStop(trade: TradeRecord, takeProfitsFilled: number): WantedStop | null {
  const levels = trade.barriers?.levels;
  const size = trade.remainingSize;
  if (!levels || size === null) return null;
  const current = trade.stopPrice;
  const breakEven = levels.breakEven;
  const isDue =
    breakEven !== null && trade.pausedAt === null && takeProfitsFilled >= breakEven.afterTakeProfit;
  const price = isDue
    ? tightenOnly(trade.side, current, breakEven.price)
    : (current ?? initialStop(trade, levels));
  if (price === null) return null;
  const isMoved = current === null || !amount(price).eq(current);
  return { price, size, kind: isMoved && isDue ? 'break_even' : stopKindOf(trade) };
}

function initialStop(trade: TradeRecord, levels: ResolvedBarriers): DecimalString | null {
  return levels.stop ?? trailStart(trade);
}

function trailStart({ plan, barriers, entryPrice, entrySize }: TradeRecord): DecimalString | null {
  if (!plan || !barriers || !entryPrice || !entrySize) return null;
  const planned = planProtection({ ...plan, barriers: barriers.policy }, entrySize, entryPrice);
  return planned.ok ? (planned.value.legs.find(({ leg }) => leg === 'stop')?.triggerPrice ?? null) : null;
}

/** Returns whether a stop at this price would fire at once at the given market price. */
export const isBeyond = (side: Side, stop: DecimalString, price: DecimalString): boolean =>
  side === 'long' ? amount(stop).gte(price) : amount(stop).lte(price);
