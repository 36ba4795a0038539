import { isOver } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { markCanceled } from '#prisma/repositories/order-reports.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { UnresolvedOrderError } from './order-sending/errors.ts';
import { resolveAttempt } from './order-sending/resolve-attempt.ts';

/**
 * Finds out what became of all orders of a trade whose end is not known, so that none of them fills later. An order
 * that was never sent is marked as cancelled. Throws `UnresolvedOrderError` while the venue does not say: the caller
 * retries.
 */
export async function concludeInDoubt(
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
): Promise<void> {
  const orders = await listOrders(deps.db, trade.id);
  for (const order of orders.filter(isInDoubt)) {
    const action = { session, instrument: plan.instrument, drafts: [order] };
    const reports = await resolveAttempt(deps, action, [order]);
    if (reports === null) await markCanceled(deps.db, [order.id], 'It never reached the venue.');
    else if (reports.some(({ status }) => order.kind === 'ioc' && !isOver(status)))
      throw new UnresolvedOrderError(`order ${order.clientOrderId} waits at the venue`);
  }
}

/** Returns whether the end of an order is not known: it was perhaps sent, or fills at once and is not over. */
const isInDoubt = ({ status, kind }: OrderRecord): boolean =>
  status === 'submitting' || status === 'unresolved' || (kind === 'ioc' && !isOver(status));
