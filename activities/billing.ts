import { tradeBills, type Bill } from '#domain/billing.ts';
import type { Database } from '#prisma/client.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { BillingActivities } from './contract.ts';

export function createBillingActivities({ db }: { db: Database }): BillingActivities {
  return {
    async billTrade({ tradeId }) {
      const { netPnlUsd, deploymentId } = await getTrade(db, tradeId);
      if (netPnlUsd === null) throw new Error(`trade ${tradeId} is not settled yet`);
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

const billText = ({ kind, amountUsd }: Bill): string => `${amountUsd} USD (${kind.replace('_', ' ')})`;
