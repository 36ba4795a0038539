import type { AccountId, Symbol, TradeId, VenueName } from '#domain/ids.ts';
import { sum, type Amount, type DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { text } from './rows.ts';

/** Funding of one moment; negative when paid. */
export interface NewFunding {
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  tradeId: TradeId | null;
  amountUsd: DecimalString;
  time: number;
}

/** Books funding once each. */
export async function insertFunding(
  db: DatabaseOrTransaction,
  payments: readonly NewFunding[],
): Promise<void> {
  await db.fundingPayment.createMany({
    data: payments.map((payment) => ({ ...payment, time: new Date(payment.time) })),
    skipDuplicates: true,
  });
}

/** Funding of a trade in total. */
export async function totalFunding(db: DatabaseOrTransaction, tradeId: TradeId): Promise<Amount> {
  const rows = await db.fundingPayment.findMany({ where: { tradeId }, select: { amountUsd: true } });
  return sum(rows.map(({ amountUsd }) => text(amountUsd)));
}
