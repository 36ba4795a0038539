import { isUnknown } from '#domain/order.ts';
import { listOrders, liveOrders, markCanceled, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { fenceOff, type Unanswered } from './fence-off.ts';
import { positionOptions } from './order-desk/index.ts';

/**
 * Cancels orders of the trade at the venue and in the books; throws when the venue does not confirm, so that the caller
 * retries.
 */
export async function cancelOrders(
  deps: ExecutionDeps,
  context: Pick<TradeContext, 'desk' | 'plan'>,
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
 * Cancels orders of a trade at the venue; throws when it does not confirm. What was sent for them and never answered is
 * fenced off first, so that it cannot place or move one later.
 */
export async function cancelAtVenue(
  deps: ExecutionDeps,
  { desk, plan }: Pick<TradeContext, 'desk' | 'plan'>,
  orders: readonly OrderRecord[],
): Promise<void> {
  const [first] = orders;
  if (!first) return;
  for (const command of unanswered(orders)) await fenceOff(desk, command);
  const nonce = await desk.nextNonce();
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId);
  const options = { nonce, ...(await positionOptions(deps, desk, first.tradeId)) };
  await deps.failpoint('cancel.before_send');
  const outcome = await desk.venue.execution.cancel(desk.account, plan.instrument, clientOrderIds, options);
  await deps.failpoint('cancel.after_send');
  if (outcome.kind !== 'confirmed')
    throw new Error(`cancel not confirmed (${outcome.kind}): ${outcome.text}`);
}

/** What was sent for these orders and has no end in the books, each command once. */
function unanswered(orders: readonly OrderRecord[]): Unanswered[] {
  const commands = orders.flatMap(({ status, nonce, signer, reference, move }) => [
    ...(isUnknown(status) && nonce !== null ? [{ nonce, signer, reference }] : []),
    ...(move === null ? [] : [move]),
  ]);
  return [...new Map(commands.map((command) => [command.nonce, command])).values()];
}

/** Cancels every order of the trade that may still fill. Returns how many there were. */
export async function cancelLeftovers(
  deps: ExecutionDeps,
  context: TradeContext,
  why: string,
): Promise<number> {
  const live = liveOrders(await listOrders(deps.db, context.trade.id));
  await cancelOrders(deps, context, live, why);
  return live.length;
}
