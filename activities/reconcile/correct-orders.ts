import { doesRest, isUnknown, type OrderReport } from '#domain/order.ts';
import { RECONCILER, type Difference } from '#domain/reconcile.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { markCanceled, saveReports } from '#prisma/repositories/order-reports.ts';
import { newest, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { loadContext, type TradeContext } from '../execution/context.ts';
import { isFresh, knownOrder, readOrder } from '../execution/known-order.ts';
import type { Correction, ReconcileDeps } from './correction.ts';

/**
 * Books that an order is gone. An order that is not known to rest is left to the order sender, which asks the venue.
 */
export async function bookGone(
  tx: DatabaseOrTransaction,
  order: OrderRecord,
  report: OrderReport | null,
): Promise<void> {
  if (report) await saveReports(tx, [{ ...order, report }]);
  else if (doesRest(order.status) && order.move === null)
    await markCanceled(tx, [order.id], 'The venue knows no such order.');
}

/** Books that a target is gone; the trade's workflow places another. */
export async function replaceTarget(
  deps: ReconcileDeps,
  { trade: { tradeId }, target, report }: Extract<Difference, { kind: 'target_gone' }>,
): Promise<Correction | null> {
  const trade = await getTrade(deps.db, tradeId);
  const order = newest(await listOrders(deps.db, tradeId), 'take_profit', target.legNumber);
  if (trade.phase !== 'open' || (order && !report && isFresh(deps, order))) return null;
  return {
    async write(tx) {
      if (order) await bookGone(tx, order, report);
      return {
        action: 'trade.target_gone',
        subject: `trade/${tradeId}`,
        before: { legNumber: target.legNumber, order: target.order, status: order?.status ?? null },
        after: { status: report?.status ?? null, text: report?.text ?? null },
        line: {
          tradeId,
          text: `Take profit ${target.legNumber} does not rest at the venue: placing it again`,
        },
      };
    },
    follow: () => deps.messenger.fillsBooked(trade),
  };
}

/**
 * Books where a stop or target rests that was moved at the venue, and records that; the trade's workflow updates the
 * watch. Returns whether it had moved.
 */
export async function bookMovedOrder(
  deps: ReconcileDeps,
  { trade: { tradeId }, order: clientOrderId }: Extract<Difference, { kind: 'order_moved' }>,
): Promise<boolean> {
  const context = await loadContext(deps, tradeId);
  if (context.trade.phase !== 'open') return false;
  const isMoved = await withTradeLock(deps.db, tradeId, async (hold) => {
    const before = (await listOrders(deps.db, tradeId)).find((each) => each.clientOrderId === clientOrderId);
    const held = { ...context, session: context.session.under(hold) };
    return before !== undefined && before.triggerPrice !== (await standsAt(deps, held, before));
  });
  if (!isMoved) return false;
  await deps.messenger.fillsBooked(context.trade);
  deps.logger.warn({ tradeId, clientOrderId }, 'books and venue differed');
  return true;
}

/** Returns where an order triggers by the venue's word, and records a move by another hand. */
async function standsAt(
  deps: ReconcileDeps,
  context: TradeContext,
  before: OrderRecord,
): Promise<OrderRecord['triggerPrice']> {
  const { clientOrderId, triggerPrice } = before;
  // A command of ours with an unknown end is not another hand's.
  if (isUnknown(before.status) || before.move !== null || isFresh(deps, before))
    return (await knownOrder(deps, context, before)).triggerPrice;
  const after = await readOrder(deps, context, before, (tx, to) =>
    recordChange(tx, {
      actor: RECONCILER,
      action: 'trade.order_moved',
      subject: `trade/${before.tradeId}`,
      before: { clientOrderId, triggerPrice },
      after: { clientOrderId, triggerPrice: to },
    }),
  );
  return after.triggerPrice;
}
