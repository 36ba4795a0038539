import { billsDue, type Bill } from '#domain/billing.ts';
import type { Database } from '#prisma/client.ts';
import { billsOf, insertBills } from '#prisma/repositories/bills.ts';
import { findSettlement, lockSettlement } from '#prisma/repositories/settlements.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRef } from '../contract.ts';

/** Bills a settled trade what it has not been billed yet; of a provisional one only its fee. */
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
    const { isProvisional } = await findSettlement(tx, tradeId);
    const billed = await billsOf(tx, tradeId);
    const bills = billsDue(tradeId, isProvisional ? null : trade.netPnlUsd, billed);
    await insertBills(tx, trade, bills);
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

const LATER = '; a share of its profit once the fills tell what that is';

const billText = ({ kind, amountUsd }: Bill): string => `${amountUsd} USD (${kind.replace('_', ' ')})`;
