import type { AccountId, Symbol, TradeId, VenueName, VenueOrderId } from '#domain/ids.ts';
import { decimalString, sum, type DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { text } from './rows.ts';

/** Funding of one moment; negative when paid. */
export interface NewFunding {
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  tradeId: TradeId | null;
  /** The position it was paid for, at venues where each entry stays a position of its own. */
  positionId?: VenueOrderId | undefined;
  amountUsd: DecimalString;
  time: number;
}

/** Books funding once for each position and moment; positions of one account may pay in one second of a chain. */
export async function insertFunding(
  db: DatabaseOrTransaction,
  payments: readonly NewFunding[],
): Promise<void> {
  await db.fundingPayment.createMany({
    data: payments.map(({ positionId = '', ...payment }) => ({
      ...payment,
      positionId,
      time: new Date(payment.time),
    })),
    skipDuplicates: true,
  });
}

/** Funding of a trade in total, and of how many payments. */
export async function readFunding(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
): Promise<{ totalUsd: DecimalString; payments: number }> {
  const rows = await db.fundingPayment.findMany({ where: { tradeId }, select: { amountUsd: true } });
  return {
    totalUsd: decimalString(sum(rows.map(({ amountUsd }) => text(amountUsd)))),
    payments: rows.length,
  };
}
