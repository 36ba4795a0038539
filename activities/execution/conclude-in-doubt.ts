import { isOver } from '#domain/order.ts';
import { listOrders, markCanceled, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { UnresolvedOrderError } from './order-sending/errors.ts';
import { resolveAttempt } from './order-sending/resolve-attempt.ts';

/**
 * Finds out what became of every order of a trade whose end is not known, so that none of them happens later to a
 * position that is not the trade's. One that was never sent cannot be any more. Throws `UnresolvedOrderError` while
 * the venue does not say; the caller retries.
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

/** Sent, or about to be, with an end that nobody knows; an order that fills at once is so until it is over. */
const isInDoubt = ({ status, kind }: OrderRecord): boolean =>
  status === 'submitting' || status === 'unresolved' || (kind === 'ioc' && !isOver(status));
