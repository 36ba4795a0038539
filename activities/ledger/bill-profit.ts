import { billsDue, type Bill } from '#domain/billing.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { billsOf, insertBills, lockBilling, readMark, readProfitRule } from '#prisma/repositories/bills.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** A settled trade; the profit of a provisional settlement is not billed. */
export interface SettledTrade {
  trade: Pick<TradeRecord, 'id' | 'deploymentId'>;
  netPnlUsd: string;
  isProvisional: boolean;
}

/**
 * Bills what a settled trade still lacks: its fee, and its share of the profit by the rule that holds for it. The
 * settlement is stored before. Returns the new bills.
 */
export async function billProfit(
  tx: DatabaseOrTransaction,
  { trade, netPnlUsd, isProvisional }: SettledTrade,
): Promise<Bill[]> {
  const rule = await readProfitRule(tx, trade);
  const billed = await billsOf(tx, trade.id);
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
