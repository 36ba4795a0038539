import { entryRevision, type EntryPlan } from '#domain/entry-plan.ts';
import { amount } from '#domain/money.ts';
import type { OrderReport } from '#domain/order.ts';
import { smallerEntry } from '#domain/smaller-entry.ts';
import { saveSmallerEntry } from '#prisma/repositories/entry-resizes.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { freeMarginOf } from './free-margin.ts';

/**
 * Returns whether the venue refused an entry because the account has too little margin, before it took the order: it may
 * go out once more, smaller. Never true of an order whose end is unknown.
 */
export function isForMargin(plan: EntryPlan, entry: OrderReport): boolean {
  if (entry.status !== 'rejected' || !amount(entry.filledSize).isZero()) return false;
  // An order that Ostium took and gave back has an id: it is over for another reason of this code, and has cost a fee.
  const isForWant =
    entry.code === 'insufficient_margin' || (entry.code === 'no_margin' && entry.venueOrderId === null);
  return isForWant && entryRevision(plan) === 0;
}

/**
 * Writes a smaller size into the plan of an entry that was refused for want of margin, by the margin that the account has
 * now. Returns the trade as it stands then; null when the signal has expired, or nothing smaller is worth ordering.
 * Throws `VenueError` when the account cannot be read.
 */
export async function resizeEntry(
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
  { text, code }: OrderReport,
): Promise<TradeRecord | null> {
  if (plan.expiresAt !== undefined && deps.now() >= plan.expiresAt) return null;
  const account = await session.venue.accounts.account(trade.accountId);
  const smaller = smallerEntry(plan, freeMarginOf(account, plan.instrument));
  if (smaller === null) return null;
  await deps.failpoint('entry.before_resize');
  await saveSmallerEntry(deps.db, {
    tradeId: trade.id,
    plan: smaller,
    event: {
      key: 'entry_resized',
      type: 'entry_resized',
      text: `The venue refused ${plan.size} ${plan.instrument.symbol} for want of margin (${text ?? code}): ${smaller.size} are ordered instead, once`,
      data: { from: plan.size, to: smaller.size, code },
    },
  });
  await deps.failpoint('entry.after_resize');
  return getTrade(deps.db, trade.id);
}
