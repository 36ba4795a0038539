import type { Difference } from '#domain/reconcile.ts';
import { doesRest, type OrderReport } from '#domain/order.ts';
import {
  listOrders,
  markCanceled,
  newest,
  saveReports,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { loadContext } from '../execution/context.ts';
import { isFresh, knownOrder } from '../execution/known-order.ts';
import type { Correction, ReconcileDeps } from './correction.ts';

/** Has the books hear that an order is gone. One that is not known to rest is left to the order desk, which asks. */
export async function bookGone(
  { db }: Pick<ReconcileDeps, 'db'>,
  order: OrderRecord,
  report: OrderReport | null,
): Promise<void> {
  if (report) await saveReports(db, [{ ...order, report }]);
  else if (doesRest(order.status) && order.move === null)
    await markCanceled(db, [order.id], 'The venue knows no such order.');
}

/** Has the books hear that a target is gone, whereupon the trade's lifecycle places another. */
export async function replaceTarget(
  deps: ReconcileDeps,
  { trade: { tradeId }, target, report }: Extract<Difference, { kind: 'target_gone' }>,
): Promise<Correction | null> {
  const trade = await getTrade(deps.db, tradeId);
  const order = newest(await listOrders(deps.db, tradeId), 'take_profit', target.legNumber);
  if (trade.phase !== 'open' || (order && !report && isFresh(deps, order))) return null;
  if (order) await bookGone(deps, order, report);
  await deps.messenger.fillsBooked(trade);
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
}

/** Books where a stop or target rests that was moved at the venue; the trade's lifecycle tells its watch. */
export async function bookMovedOrder(
  deps: ReconcileDeps,
  { trade: { tradeId }, order: clientOrderId }: Extract<Difference, { kind: 'order_moved' }>,
): Promise<Correction | null> {
  const context = await loadContext(deps, tradeId);
  if (context.trade.phase !== 'open') return null;
  const moved = await withTradeLock(deps.db, tradeId, async (hold) => {
    const orders = await listOrders(deps.db, tradeId);
    const before = orders.find((each) => each.clientOrderId === clientOrderId);
    return (
      before && {
        before,
        after: await knownOrder(deps, { ...context, desk: context.desk.under(hold) }, before),
      }
    );
  });
  if (!moved || moved.before.triggerPrice === moved.after.triggerPrice) return null;
  await deps.messenger.fillsBooked(context.trade);
  return {
    action: 'trade.order_moved',
    subject: `trade/${tradeId}`,
    before: { clientOrderId, triggerPrice: moved.before.triggerPrice },
    after: { clientOrderId, triggerPrice: moved.after.triggerPrice },
  };
}
