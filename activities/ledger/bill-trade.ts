import type { Bill } from '#domain/billing.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import { NOT_BILLED, readBilling, type Billing } from '#prisma/repositories/bills.ts';
import { lockSettlement } from '#prisma/repositories/settlements.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradeRef } from '../contract.ts';
import { billProfit } from './bill-profit.ts';

/** Bills the amounts of a settled trade that are not billed yet; of a provisional settlement only the fee. */
export async function billTrade(db: Database, { tradeId }: TradeRef): Promise<void> {
  await db.$transaction(async (tx) => {
    await lockSettlement(tx, tradeId);
    const trade = await getTrade(tx, tradeId);
    if (trade.netPnlUsd === null) throw new Error(`trade ${tradeId} is not settled yet`);
    if (trade.isAdopted) {
      const text = 'Not billed: a position that was found at the venue, opened by no call of the agent';
      await recordTradeEvent(tx, { tradeId, key: 'billed', type: 'billed', text, data: { bills: [] } });
      return;
    }
    const billing = await readBilling(tx, tradeId);
    const { billed, isProvisional } = billing;
    if (billed.length === 0 && (await isSpared(tx, trade, billing))) return;
    const bills = await billProfit(tx, { trade, netPnlUsd: trade.netPnlUsd, billing });
    if (bills.length === 0) return;
    await recordTradeEvent(tx, {
      tradeId,
      key: billed.length === 0 ? 'billed' : `billed/${billed.length}`,
      type: 'billed',
      text: `Billed ${bills.map(billText).join(' and ')}${isProvisional ? LATER : ''}`,
      data: { bills },
    });
  });
}

/**
 * Returns whether a trade without bills gets none, because its deployment is not billed, or was not when the trade was
 * first to be billed; a trade event says so once. A trade that has bills is billed corrections, which may be refunds.
 */
async function isSpared(tx: Transaction, { id: tradeId }: TradeRecord, billing: Billing): Promise<boolean> {
  if (billing.isSpared) return true;
  if (billing.isOn) return false;
  const text = 'Not billed: billing is off for the deployment';
  await recordTradeEvent(tx, { tradeId, key: NOT_BILLED, type: 'billed', text, data: { bills: [] } });
  return true;
}

const LATER = '; a share of its profit once the fills tell what that is';

const billText = ({ kind, amountUsd }: Bill): string => `${amountUsd} USD (${kind.replace('_', ' ')})`;
