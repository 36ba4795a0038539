import { tradeBills, type Bill } from '#domain/billing.ts';
import type { TradeId } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { BillingActivities } from './contract.ts';

export function createBillingActivities({ db }: { db: Database }): BillingActivities {
  return {
    async billTrade({ tradeId }) {
      const { netPnlUsd, deploymentId } = await getTrade(db, tradeId);
      if (netPnlUsd === null) throw new Error(`trade ${tradeId} is not settled yet`);
      if (await isAdopted(db, tradeId)) {
        const text = 'Not billed: a position that was found at the venue, opened by no call of the agent';
        await tell(db, { tradeId, key: 'billed', type: 'billed', text, data: { bills: [] } });
        return;
      }
      const bills = tradeBills(tradeId, netPnlUsd);
      await db.billingEvent.createMany({
        data: bills.map((bill) => ({ ...bill, deploymentId, tradeId })),
        skipDuplicates: true,
      });
      await tell(db, {
        tradeId,
        key: 'billed',
        type: 'billed',
        text: `Billed ${bills.map(billText).join(' and ')}`,
        data: { bills },
      });
    },
  };
}

async function isAdopted(db: Database, tradeId: TradeId): Promise<boolean> {
  const { signal } = await db.trade.findUniqueOrThrow({
    where: { id: tradeId },
    select: { signal: { select: { origin: true } } },
  });
  return signal.origin === 'adoption';
}

const billText = ({ kind, amountUsd }: Bill): string => `${amountUsd} USD (${kind.replace('_', ' ')})`;
