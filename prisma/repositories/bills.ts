import type { Bill, BillKind } from '#domain/billing.ts';
import type { TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, text } from './rows.ts';

/** A charge as lists show it. */
export interface BillView {
  id: string;
  kind: BillKind;
  /** The billed thing; there is one bill per kind and subject, ever. */
  subject: string;
  deploymentId: string;
  tradeId: string | null;
  amountUsd: DecimalString;
  createdAt: number;
}

export interface BillFilter {
  limit: number;
  /** The id of the last bill of the page before. */
  after?: string;
  deploymentId?: string;
  tradeId?: string;
}

/** Bills, newest first. */
export async function listBills(db: DatabaseOrTransaction, filter: BillFilter): Promise<BillView[]> {
  const { limit, after, ...where } = filter;
  const rows = await db.billingEvent.findMany({
    where: { ...where, ...(after === undefined ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ amountUsd, createdAt, ...row }) => ({
    ...row,
    amountUsd: text(amountUsd),
    createdAt: ms(createdAt),
  }));
}

/** Returns the bills of a trade, oldest first. */
export async function billsOf(db: DatabaseOrTransaction, tradeId: TradeId): Promise<Bill[]> {
  const rows = await db.billingEvent.findMany({ where: { tradeId }, orderBy: { id: 'asc' } });
  return rows.map(({ kind, subject, amountUsd }) => ({ kind, subject, amountUsd: text(amountUsd) }));
}

/** Bills a trade, each kind and subject once ever. */
export async function insertBills(
  db: DatabaseOrTransaction,
  { id, deploymentId }: { id: TradeId; deploymentId: string },
  bills: readonly Bill[],
): Promise<void> {
  await db.billingEvent.createMany({
    data: bills.map((bill) => ({ ...bill, deploymentId, tradeId: id })),
    skipDuplicates: true,
  });
}
