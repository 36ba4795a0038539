import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradingDeps } from '../deps.ts';

/** How long a filled entry may stand without a stop at the venue before it is an alarm. */
export const UNPROTECTED_LIMIT_MS = 500;

/** Raises an alarm when a position stood without a resident stop for too long. */
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
