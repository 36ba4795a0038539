import type { TradeId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { RECONCILER } from '#domain/reconcile.ts';
import { inTransaction, type DatabaseOrTransaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { readBilling } from '#prisma/repositories/bills.ts';
import { findSettlement, lockSettlement, saveSettlement } from '#prisma/repositories/settlements.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { billProfit } from './bill-profit.ts';
import { reasonOfFill } from './reason-of-end.ts';
import { readResult, settlementText, type Result } from './settlement.ts';

/**
 * Settles a closed trade anew when it does not count all its booked fills and payments: corrects the result, bills the
 * difference, and records both. Returns whether the result has changed.
 */
export function correctSettlement(db: DatabaseOrTransaction, tradeId: TradeId): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    await lockSettlement(tx, tradeId);
    const trade = await getTrade(tx, tradeId);
    if (trade.phase !== 'closed') return false;
    const before = await findSettlement(tx, tradeId);
    const result = await readResult(tx, trade, trade.closedAt ?? Date.now());
    const after = result.settlement;
    const { closing } = result.divided;
    const exitReason = before.isProvisional && closing ? reasonOfFill(trade, closing) : trade.exitReason;
    await saveSettlement(tx, tradeId, { ...after, ...(exitReason && { exitReason }) });
    const isSame =
      amount(before.netPnlUsd).eq(after.netPnlUsd) && before.isProvisional === after.isProvisional;
    if (isSame) return false;
    await billDifference(tx, trade, result);
    await recordChange(tx, {
      actor: RECONCILER,
      action: 'trade.correct_settlement',
      subject: `trade/${tradeId}`,
      before,
      after: { ...after, exitReason },
    });
    await tellCorrection(tx, { ...trade, exitReason }, before.netPnlUsd, result);
    return true;
  });
}

/** Bills the difference of a correction. A trade without bills is billed by its own step, with the new result. */
async function billDifference(
  tx: DatabaseOrTransaction,
  trade: TradeRecord,
  { settlement: { netPnlUsd } }: Result,
): Promise<void> {
  const billing = await readBilling(tx, trade.id);
  if (billing.billed.length > 0) await billProfit(tx, { trade, netPnlUsd, billing });
}

async function tellCorrection(
  tx: DatabaseOrTransaction,
  trade: TradeRecord,
  netBeforeUsd: string,
  result: Result,
): Promise<void> {
  const { settledFills, settledFunding } = result.settlement;
  await recordTradeEvent(tx, {
    tradeId: trade.id,
    key: `settled/${settledFills}/${settledFunding}`,
    type: 'settlement_corrected',
    text: `Corrected from ${netBeforeUsd} USD. ${settlementText(trade, result)}`,
    data: { ...result.pnl, netBeforeUsd, reason: trade.exitReason },
  });
}
