import { billsDue, type Bill } from '#domain/billing.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { insertBills, lockBilling, readMark, type Billing } from '#prisma/repositories/bills.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** A settled trade, and what decides about its bills. The profit of a provisional settlement is not billed. */
export interface SettledTrade {
  trade: Pick<TradeRecord, 'id' | 'deploymentId'>;
  netPnlUsd: string;
  billing: Pick<Billing, 'billed' | 'rule' | 'isProvisional'>;
}

/**
 * Bills what a settled trade still lacks: its fee, and its share of the profit by the rule that holds for it. The
 * settlement is stored before. Returns the new bills.
 */
export async function billProfit(
  tx: DatabaseOrTransaction,
  { trade, netPnlUsd, billing: { billed, rule, isProvisional } }: SettledTrade,
): Promise<Bill[]> {
  const subject = { ...trade, rule };
  const fees = billsDue(trade.id, null, billed);
  if (rule === 'high_water') await lockBilling(tx, trade.deploymentId);
  await insertBills(tx, subject, fees);
  if (isProvisional) return fees;
  const mark = rule === 'high_water' ? await readMark(tx, trade.deploymentId) : null;
  const shares = billsDue(trade.id, netPnlUsd, [...billed, ...fees], mark);
  await insertBills(tx, subject, shares);
  return [...fees, ...shares];
}
