import { isRefusalCode } from '#domain/reasons.ts';
import type { Database } from '#prisma/client.ts';
import { recordSkip, skipSubjects } from '#prisma/repositories/skipped-signals.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { refuseTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { Refused } from '../contract.ts';

/**
 * Ends a trade that is not to be, with its reason where people look for it: in the trade, in its story and
 * among the skipped signals. A venue's own code that we have no name for is kept in the trade and told as
 * `venue_rejected` among the skips.
 */
export async function refuse(
  db: Database,
  trade: Pick<TradeRecord, 'id' | 'phase' | 'signalId' | 'deploymentId'>,
  reason: { code: string; text: string },
): Promise<Refused> {
  // Whole or not at all: nobody may find the trade refused and its reason missing.
  await db.$transaction(async (tx) => {
    await refuseTrade(tx, trade, reason);
    await recordSkip(tx, {
      subject: skipSubjects.deployment(trade.signalId, trade.deploymentId),
      signalId: trade.signalId,
      deploymentId: trade.deploymentId,
      code: isRefusalCode(reason.code) ? reason.code : 'venue_rejected',
      text: reason.text,
    });
    await recordTradeEvent(tx, {
      tradeId: trade.id,
      key: 'skipped',
      type: 'skipped',
      text: reason.text,
      data: reason,
    });
  });
  return { outcome: 'refused', tradeId: trade.id, ...reason };
}
