import type { ProtectionLeg } from '#domain/entry-plan.ts';
import { isOver } from '#domain/order.ts';
import {
  listOrders,
  liveOrders,
  markCanceled,
  newest,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { protectionDraft } from './drafts.ts';

/** Rests every take profit that has no order yet. A target the venue refuses is told, not retried: the stop holds. */
export async function placeTargets(
  deps: ExecutionDeps,
  { trade, plan, desk }: TradeContext,
  legs: readonly ProtectionLeg[],
): Promise<void> {
  const orders = await listOrders(deps.db, trade.id);
  const drafts = legs
    .filter(({ leg }) => leg === 'take_profit')
    .flatMap((leg) => {
      const last = newest(orders, 'take_profit', leg.legNumber);
      if (last && (!isOver(last.status) || last.status === 'filled')) return [];
      return [protectionDraft(trade, desk.venue, plan, leg, last ? last.revision + 1 : 0)];
    });
  if (drafts.length === 0) return;
  const reports = await deps.orderDesk.send(desk, plan.instrument, drafts, 'single');
  for (const [index, report] of reports.entries()) {
    const draft = drafts[index];
    if (report.status !== 'rejected' || !draft) continue;
    await tell(deps.db, {
      tradeId: trade.id,
      key: `target_refused/${draft.clientOrderId}`,
      type: 'target_refused',
      text: `The venue refused take profit ${draft.legNumber}: ${report.text ?? report.code}`,
      data: { legNumber: draft.legNumber, code: report.code },
    });
  }
}

/** Cancels orders of the trade at the venue; throws when the venue does not confirm, so that the caller retries. */
export async function cancelOrders(
  deps: ExecutionDeps,
  { desk, plan }: Pick<TradeContext, 'desk' | 'plan'>,
  orders: readonly OrderRecord[],
  why: string,
): Promise<void> {
  if (orders.length === 0) return;
  const nonce = await desk.nextNonce();
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId);
  const outcome = await desk.venue.execution.cancel(desk.account, plan.instrument, clientOrderIds, { nonce });
  if (outcome.kind !== 'confirmed')
    throw new Error(`cancel not confirmed (${outcome.kind}): ${outcome.text}`);
  await markCanceled(
    deps.db,
    orders.map(({ id }) => id),
    why,
  );
}

/** Cancels every order of the trade that may still fill. */
export async function cancelLeftovers(
  deps: ExecutionDeps,
  context: TradeContext,
  why: string,
): Promise<number> {
  const live = liveOrders(await listOrders(deps.db, context.trade.id));
  await cancelOrders(deps, context, live, why);
  return live.length;
}
