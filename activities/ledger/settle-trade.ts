import type { TradeId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { insertFunding } from '#prisma/repositories/funding.ts';
import { findEntryOrderId } from '#prisma/repositories/orders.ts';
import { lockSettlement, saveSettlement } from '#prisma/repositories/settlements.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { VenueFunding } from '#venues/venue.ts';
import { brakeByResult } from './brake-by-results.ts';
import { paidShare, readResult, settlementText, type Result } from './settlement.ts';
import type { TradeRef } from '../contract.ts';
import { venueOf, type TradingDeps } from '../deps.ts';

/** Largest difference between the venue's profit and ours that counts as none, in USD. */
const CENT = 0.01;

/**
 * Settles a flat trade: computes its profit from the fills of its own orders, and compares it with the venue's. When
 * the fills do not explain the position, the settlement is provisional until `correctSettlement`.
 */
export async function settleTrade(deps: TradingDeps, { tradeId }: TradeRef): Promise<{ netPnlUsd: string }> {
  const trade = await getTrade(deps.db, tradeId);
  if (trade.phase === 'closed' && trade.netPnlUsd !== null) {
    await brakeByResult(deps, trade);
    return { netPnlUsd: trade.netPnlUsd };
  }
  await bookFunding(deps, trade);
  const result = await deps.db.$transaction(async (tx) => {
    await lockSettlement(tx, tradeId);
    const settled = await readResult(tx, trade, deps.now());
    await saveSettlement(tx, tradeId, settled.settlement);
    await recordTradeEvent(tx, {
      tradeId,
      key: `settled/${settled.settlement.settledFills}/${settled.settlement.settledFunding}`,
      type: 'settled',
      text: settlementText(trade, settled),
      data: { ...settled.pnl, reason: trade.exitReason, venueGrossUsd: settled.venueGrossUsd },
    });
    return settled;
  });
  await tellMismatch(deps, trade, result);
  await brakeByResult(deps, trade);
  return { netPnlUsd: result.pnl.netUsd };
}

/** Books the payments for the trade's position between its first fill and its end, each once. */
export async function bookFunding(
  deps: Pick<TradingDeps, 'db' | 'venues' | 'now'>,
  trade: TradeRecord,
  listed?: readonly VenueFunding[],
): Promise<void> {
  const { venue, accountId, symbol } = trade;
  if (!venue) return;
  const fills = await listFills(deps.db, trade.id);
  // Both times are of the venue's clock, as the payments are.
  const from = fills[0]?.time ?? trade.openedAt;
  const to = trade.closedAt ?? fills.at(-1)?.time ?? deps.now();
  if (from === null) return;
  const payments = listed ?? (await venueOf(deps, venue).accounts.fundingSince(accountId, from));
  const isOwn = await ownPayments(deps, trade, payments);
  const own = payments.filter((each) => isOwn(each) && each.time >= from && each.time <= to);
  await insertFunding(
    deps.db,
    own.map((each) => ({
      venue,
      accountId,
      symbol,
      tradeId: trade.id,
      positionId: each.positionId,
      amountUsd: paidShare(trade, fills, each),
      time: each.time,
    })),
  );
}

/**
 * Returns whether a payment is for the trade's position: by the position's id where it has one, else by the instrument.
 */
async function ownPayments(
  { db }: Pick<TradingDeps, 'db'>,
  { id, symbol }: { id: TradeId; symbol: string },
  payments: readonly VenueFunding[],
): Promise<(payment: VenueFunding) => boolean> {
  const isById = payments.some(({ positionId }) => positionId !== undefined);
  const positionId = isById ? await findEntryOrderId(db, id) : null;
  return (payment) =>
    payment.symbol === symbol && (payment.positionId === undefined || payment.positionId === positionId);
}

async function tellMismatch(deps: TradingDeps, { id }: TradeRecord, { pnl, venueGrossUsd }: Result) {
  if (venueGrossUsd === null || amount(venueGrossUsd).sub(pnl.grossUsd).abs().lt(CENT)) return;
  await recordTradeEvent(deps.db, {
    tradeId: id,
    key: 'pnl_mismatch',
    type: 'pnl_mismatch',
    text: `The venue reports ${venueGrossUsd} USD of closed profit, our fills add up to ${pnl.grossUsd}`,
    data: { venue: venueGrossUsd, ours: pnl.grossUsd },
  });
}
