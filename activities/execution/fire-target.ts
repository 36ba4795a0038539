import { worstPrice } from '#domain/entry-plan.ts';
import { direction } from '#domain/ids.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { Amount, amount, decimalString, type DecimalString } from '#domain/money.ts';
import { exitSide, isOver } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest, type OrderDraft, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradeRef } from '../contract.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { CLOSE_SLIPPAGE_PCT, protectionDraft } from './drafts.ts';
import { knownOrder } from './known-order.ts';
import { isResting, leftOf } from './ladder.ts';
import { showsOrder } from './shows-order.ts';
import { syncWithVenue, type SyncedPosition } from './sync-position.ts';

/** Result of firing a target: nothing is left to do, the venue holds it after all, or it is to be fired again later. */
export type FiredTarget = 'done' | 'rests' | 'later';

/**
 * Closes the part of a position that a take profit is for, where no order of that target rests. Called again, it finds
 * out what became of the first order.
 */
export function fireTarget(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  { leg, price }: { leg: number; price: DecimalString },
): Promise<FiredTarget> {
  return withTradeLock(deps.db, tradeId, async (hold) => {
    const trade = await getTrade(deps.db, tradeId);
    if (trade.phase !== 'open' || amount(trade.remainingSize ?? '0').isZero()) return 'done';
    const opened = await openContext(deps, trade);
    const context = { ...opened, session: opened.session.under(hold) };
    const last = await lastOf(deps, context, leg);
    if (last?.status === 'filled') return 'done';
    if (isResting(last)) return 'rests';
    const isNew = last === null || isOver(last.status);
    if (isNew && !isDue(trade, leg, price)) return 'later';
    // After a first order, what the venue still holds decides the size.
    const synced = last === null ? null : await syncWithVenue(deps, context);
    if (last && synced && !isShown(deps, last, synced)) return 'later';
    const draft = await draftOf(deps, { ...context, trade: synced?.trade ?? trade }, leg, price);
    if (!draft) return 'done';
    const [report] = await deps.orderSender.send({
      session: context.session,
      instrument: context.plan.instrument,
      drafts: [draft],
    });
    if (report?.status === 'rejected')
      deps.logger.warn({ tradeId, leg, code: report.code, text: report.text }, 'a target was not taken');
    return report?.status === 'filled' ? 'done' : 'later';
  });
}

/** Returns whether the position as read shows what the last order of the target did. */
const isShown = (
  { now }: ExecutionDeps,
  { kind, code, answeredAt: at }: OrderRecord,
  { readAt }: SyncedPosition,
): boolean => showsOrder({ kind, code, at }, { readAt, now: now() });

/**
 * Returns whether the stored exits call for the target too: a stalled watcher may not know of a pause or new targets.
 */
function isDue({ side, pausedAt, barriers }: TradeRecord, leg: number, price: DecimalString): boolean {
  const target = barriers?.levels.targets.find((each) => each.leg === leg);
  if (pausedAt !== null || !target) return false;
  return amount(price).sub(target.price).mul(direction(side)).gte(0);
}

/**
 * Returns the newest order of the target. Finds out about a trigger order that was never sent or is not answered first.
 */
async function lastOf(deps: ExecutionDeps, context: TradeContext, leg: number): Promise<OrderRecord | null> {
  const last = newest(await listOrders(deps.db, context.trade.id), 'take_profit', leg);
  if (last === null || isOver(last.status) || last.kind === 'ioc') return last;
  return knownOrder(deps, context, last);
}

/**
 * Returns a closing order at the market for what is left of the target; null when nothing is left, or the trade has no
 * such target.
 */
async function draftOf(
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
  leg: number,
  price: DecimalString,
): Promise<OrderDraft | null> {
  const target = trade.barriers?.levels.targets.find((each) => each.leg === leg);
  if (!target) return null;
  const orders = await listOrders(deps.db, trade.id);
  const last = newest(orders, 'take_profit', leg);
  const revision = last === null ? 0 : last.revision + (isOver(last.status) ? 1 : 0);
  const side = exitSide(plan.side);
  const whole = roundSizeDown(plan.instrument, amount(trade.entrySize ?? '0').mul(target.fraction));
  const left =
    last !== null && !isOver(last.status) ? amount(last.size) : leftOf(plan.instrument, whole, leg, orders);
  const size = Amount.min(left, trade.remainingSize ?? '0');
  if (size.lte(0)) return null;
  const protection = {
    leg: 'take_profit' as const,
    legNumber: leg,
    side,
    triggerPrice: target.price,
    worstPrice: worstPrice(plan.instrument, side, price, CLOSE_SLIPPAGE_PCT),
    size: decimalString(size),
  };
  const draft = protectionDraft(trade, session.venue, plan, protection, revision);
  return { ...draft, kind: 'ioc' as const, triggerPrice: null };
}
