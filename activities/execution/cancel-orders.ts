import { isUnknown } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { liveOrders, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { markCanceled } from '#prisma/repositories/order-reports.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { fence, positionOptions, type LostCommand } from './order-sending/index.ts';

/** Cancels orders of a trade at the venue and in the database. Throws when the venue does not confirm: the caller retries. */
export async function cancelOrders(
  deps: ExecutionDeps,
  context: Pick<TradeContext, 'session' | 'plan'>,
  orders: readonly OrderRecord[],
  why: string,
): Promise<void> {
  if (orders.length === 0) return;
  await cancelAtVenue(deps, context, orders);
  await markCanceled(
    deps.db,
    orders.map(({ id }) => id),
    why,
  );
  await deps.failpoint('cancel.after_store');
}

/**
 * Cancels orders of a trade at the venue. Fences off commands about them whose answer was lost first, so that these cannot
 * place or move an order later. Throws when the venue does not confirm.
 */
export async function cancelAtVenue(
  deps: ExecutionDeps,
  { session, plan }: Pick<TradeContext, 'session' | 'plan'>,
  orders: readonly OrderRecord[],
): Promise<void> {
  const [first] = orders;
  if (!first) return;
  for (const command of unanswered(orders)) await fence(deps, session, command);
  const nonce = await session.nextNonce();
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId);
  const options = { nonce, ...(await positionOptions(deps, session, first.tradeId)) };
  await deps.failpoint('cancel.before_send');
  const outcome = await session.venue.execution.cancel(
    session.account,
    plan.instrument,
    clientOrderIds,
    options,
  );
  await deps.failpoint('cancel.after_send');
  if (outcome.kind !== 'confirmed')
    throw new Error(`cancel not confirmed (${outcome.kind}): ${outcome.text}`);
}

/** Returns the commands about the orders whose answer was lost, each once. */
function unanswered(orders: readonly OrderRecord[]): LostCommand[] {
  const commands = orders.flatMap(({ status, nonce, signer, reference, move }) => [
    ...(isUnknown(status) && nonce !== null ? [{ nonce, signer, reference }] : []),
    ...(move === null ? [] : [move]),
  ]);
  return [...new Map(commands.map((command) => [command.nonce, command])).values()];
}

/** Cancels all orders of the trade that may still fill. Returns their number. */
export async function cancelLeftovers(
  deps: ExecutionDeps,
  context: TradeContext,
  why: string,
): Promise<number> {
  const live = liveOrders(await listOrders(deps.db, context.trade.id));
  await cancelOrders(deps, context, live, why);
  return live.length;
}
