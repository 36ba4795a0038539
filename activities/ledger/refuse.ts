import { isRefusalCode } from '#domain/reasons.ts';
import type { Database } from '#prisma/client.ts';
import { recordSkip, skipSubjects } from '#prisma/repositories/skipped-signals.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { refuseTrade } from '#prisma/repositories/trade-changes.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Refused } from '../contract.ts';

/**
 * Ends a trade before its entry and writes the reason into the trade, its events and the skipped signals. A venue's
 * code that we have no name for is kept in the trade, and is `venue_rejected` among the skips.
 */
export async function refuse(
  db: Database,
  trade: Pick<TradeRecord, 'id' | 'phase' | 'signalId' | 'deploymentId'>,
  reason: { code: string; text: string },
): Promise<Refused> {
  // One transaction, so that no refused trade lacks its reason.
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
