import type { ProtectionLeg } from '#domain/entry-plan.ts';
import { Amount, amount, decimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { cancelOrders } from './cancel-orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { protectionDraft } from './drafts.ts';
import { isFresh, knownOrder } from './known-order.ts';
import { isResting, leftOf } from './ladder.ts';
import { moveTrigger } from './move-trigger.ts';
import { isNear, residentTargetLegs } from './targets.ts';

/**
 * Makes the take profits of an open trade that can rest at its venue rest there, and no others: cancels targets of
 * earlier exits and places missing ones. A target that the venue refuses is recorded and left to the watcher.
 */
export const fitTargets = (deps: ExecutionDeps, given: TradeContext): Promise<void> =>
  withTradeLock(deps.db, given.trade.id, async (hold) => {
    const context = { ...given, session: given.session.under(hold) };
    const trade = await getTrade(deps.db, context.trade.id);
    if (trade.phase !== 'open' || !trade.barriers) return;
    await cancelReplaced(deps, { ...context, trade });
    for (const { order } of await newestTargets(deps, { ...context, trade }))
      if (order && !isOver(order.status)) await knownOrder(deps, { ...context, trade }, order);
    await placeMissing(deps, { ...context, trade: await getTrade(deps.db, trade.id) });
  });

/**
 * Moves targets that came with the entry to the levels that its fill gives. A target that is not moved fires a little
 * off.
 */
export const alignTargets = (deps: ExecutionDeps, given: TradeContext): Promise<void> =>
  withTradeLock(deps.db, given.trade.id, async (hold) => {
    const context = { ...given, session: given.session.under(hold) };
    for (const { leg, order } of await newestTargets(deps, context)) {
      if (!order || !isResting(order) || isNear(order.triggerPrice, leg.triggerPrice)) continue;
      const result = await moveTrigger(deps, context, order, leg);
      if (!result.ok)
        deps.logger.warn({ tradeId: context.trade.id, ...result }, 'the venue did not move a target');
    }
  });

/**
 * Returns whether all targets of an open trade rest as they should by these orders of it, as the venue has just said, so
 * that neither `alignTargets` nor `fitTargets` has anything to do.
 */
export function areTargetsFit(
  { now }: Pick<ExecutionDeps, 'now'>,
  context: Pick<TradeContext, 'trade' | 'session'>,
  orders: readonly OrderRecord[],
): boolean {
  const targets = targetsOf(context, orders);
  const fit = targets.filter(
    ({ leg, order }) =>
      order !== null &&
      isResting(order) &&
      order.move === null &&
      isFresh({ now }, order) &&
      isNear(order.triggerPrice, leg.triggerPrice),
  );
  const live = orders.filter(({ leg, status }) => leg === 'take_profit' && !isOver(status));
  return fit.length === targets.length && live.length === targets.length;
}

/** Returns the targets that can rest at the venue, each with its newest order. */
const newestTargets = async (
  deps: ExecutionDeps,
  context: TradeContext,
): Promise<{ leg: ProtectionLeg; order: OrderRecord | null }[]> =>
  targetsOf(context, await listOrders(deps.db, context.trade.id));

const targetsOf = (
  { trade, session }: Pick<TradeContext, 'trade' | 'session'>,
  orders: readonly OrderRecord[],
): { leg: ProtectionLeg; order: OrderRecord | null }[] =>
  residentTargetLegs(session.venue.capabilities, trade).map((leg) => ({
    leg,
    order: newest(orders, 'take_profit', leg.legNumber),
  }));

async function cancelReplaced(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const { id, barriers } = context.trade;
  const wanted = barriers?.levels.targets.map(({ leg }) => leg) ?? [];
  const replaced = (await listOrders(deps.db, id)).filter(
    ({ leg, legNumber, status }) => leg === 'take_profit' && !isOver(status) && !wanted.includes(legNumber),
  );
  await cancelOrders(deps, context, replaced, 'Replaced by a person.');
}

async function placeMissing(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const { trade, plan, session } = context;
  const orders = await listOrders(deps.db, trade.id);
  let unclaimed = amount(trade.remainingSize ?? '0');
  const drafts = [];
  for (const { leg, order } of await newestTargets(deps, context)) {
    const size = Amount.min(leftOf(plan.instrument, leg.size, leg.legNumber, orders), unclaimed);
    if (order?.status === 'filled') continue;
    unclaimed = unclaimed.sub(size);
    const isMissing = order === null || order.status === 'canceled';
    if (!isMissing || size.lte(0)) continue;
    const revision = order === null ? 0 : order.revision + 1;
    drafts.push(protectionDraft(trade, session.venue, plan, { ...leg, size: decimalString(size) }, revision));
  }
  if (drafts.length === 0) return;
  const reports = await deps.orderSender.send({ session, instrument: plan.instrument, drafts });
  for (const [index, report] of reports.entries()) {
    const draft = drafts[index];
    if (report.status === 'rejected' && draft)
      await recordTradeEvent(deps.db, refusedLine(trade, draft, report));
  }
}

const refusedLine = (
  { id }: TradeRecord,
  { clientOrderId, legNumber }: Pick<OrderRecord, 'clientOrderId' | 'legNumber'>,
  { code, text }: { code: string | null; text: string | null },
) => ({
  tradeId: id,
  key: `target_refused/${clientOrderId}`,
  type: 'target_refused',
  text: `The venue refused take profit ${legNumber}: ${text ?? code}. It is closed at the market once the price is there`,
  data: { legNumber, code },
});
