import type { TradeStanding } from '#domain/trade.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** Returns how the books have a trade whose entry was concluded; null for one that has no position yet or gets none. */
export function standingOf(trade: TradeRecord): TradeStanding | null {
  const { phase, entrySize, entryPrice, remainingSize, stopPrice, exitReason, netPnlUsd } = trade;
  if (phase === 'routing' || phase === 'opening' || phase === 'skipped') return null;
  const paused = trade.pausedAt !== null;
  return { phase, paused, entrySize, entryPrice, remainingSize, stopPrice, exitReason, netPnlUsd };
}
