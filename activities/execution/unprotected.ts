import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRecord } from '#prisma/repositories/trades.ts';
import type { TradingDeps } from '../deps.ts';

/** A filled entry may stand this long without a stop at the venue; longer is an alarm. */
export const UNPROTECTED_LIMIT_MS = 500;

/** Says so where a position stood without a resident stop for longer than it may. */
export async function alarmIfLong(
  deps: Pick<TradingDeps, 'db' | 'logger' | 'now'>,
  tradeId: TradeRecord['id'],
  durationMs: number,
): Promise<void> {
  if (durationMs <= UNPROTECTED_LIMIT_MS) return;
  deps.logger.error({ tradeId, durationMs }, 'position stood without a resident stop');
  await recordTradeEvent(deps.db, {
    tradeId,
    key: `unprotected/${deps.now()}`,
    type: 'unprotected',
    text: `ALARM: stood ${durationMs} ms without a stop at the venue; ${UNPROTECTED_LIMIT_MS} ms is the limit`,
    data: { durationMs, limitMs: UNPROTECTED_LIMIT_MS },
  });
}
