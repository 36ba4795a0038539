import { worstPrice } from '#domain/entry-plan.ts';
import { Amount, amount, decimalString } from '#domain/money.ts';
import { exitSide, isOver, type OrderReport } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest, type OrderDraft, type OrderRecord } from '#prisma/repositories/order-record.ts';
import type { ReducedPart } from '#prisma/repositories/trade-instructions.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRef } from '../contract.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { protectionDraft } from './drafts.ts';
import { exitLimit } from './exit-price.ts';
import { leftOf } from './ladder.ts';
import { showsOrder } from './shows-order.ts';
import { syncWithVenue } from './sync-position.ts';

/** Result of closing a part: nothing is left to do, the rest is to be closed later, or the venue refuses it. */
export type Reduced = { is: 'done' } | { is: 'later' } | { is: 'refused'; text: string };

/** Orders that are sent for one part; what they leave stays open. */
const MAX_ORDERS = 5;

/**
 * Closes a part of a position at the market, as a target of its own that no price waits for. Called again, it finds out
 * what became of the earlier order. Sends nothing while the fills do not account for what the venue holds, so that no more
 * than the trade's own part is closed.
 */
export function reducePosition(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  part: ReducedPart,
): Promise<Reduced> {
  return withTradeLock(deps.db, tradeId, async (hold) => {
    const trade = await getTrade(deps.db, tradeId);
    if (trade.phase !== 'open') return { is: 'done' };
    const opened = await openContext(deps, trade);
    const context = { ...opened, session: opened.session.under(hold) };
    const last = newest(await listOrders(deps.db, tradeId), 'take_profit', part.legNumber);
    if (last?.status === 'filled') return { is: 'done' };
    const synced = await syncWithVenue(deps, context);
    if (!synced.isAccountedFor || (last && !isShown(deps, last, synced.readAt))) return { is: 'later' };
    const draft = await draftOf(deps, { ...context, trade: synced.trade }, part, last);
    if (!draft) return { is: 'done' };
    if (draft.revision >= MAX_ORDERS)
      return { is: 'refused', text: last?.text ?? last?.code ?? 'no reason given' };
    const { session, plan } = context;
    const [report] = await deps.orderSender.send({ session, instrument: plan.instrument, drafts: [draft] });
    return outcomeOf(report);
  });
}

const isShown = (
  { now }: ExecutionDeps,
  { kind, code, answeredAt: at, status }: OrderRecord,
  readAt: number | undefined,
): boolean => !isOver(status) || showsOrder({ kind, code, at }, { readAt, now: now() });

const outcomeOf = (report: OrderReport | undefined): Reduced => ({
  is: report?.status === 'filled' ? 'done' : 'later',
});

/** Returns a closing order for what is left of the part; null when nothing is. */
async function draftOf(
  deps: ExecutionDeps,
  context: TradeContext,
  { legNumber, size: whole }: ReducedPart,
  last: OrderRecord | null,
): Promise<OrderDraft | null> {
  const { trade, plan, session } = context;
  const orders = await listOrders(deps.db, trade.id);
  const isNew = last === null || isOver(last.status);
  const left = isNew ? leftOf(plan.instrument, whole, legNumber, orders) : amount(last.size);
  const size = Amount.min(left, trade.remainingSize ?? '0');
  if (size.lte(0)) return null;
  const side = exitSide(plan.side);
  const { price, slippagePct } = await exitLimit(deps, context);
  const leg = {
    leg: 'take_profit' as const,
    legNumber,
    side,
    triggerPrice: price,
    worstPrice: worstPrice(plan.instrument, side, price, slippagePct),
    size: decimalString(size),
  };
  const revision = last === null ? 0 : last.revision + (isNew ? 1 : 0);
  const draft = protectionDraft(trade, session.venue, plan, leg, revision);
  return { ...draft, kind: 'ioc', triggerPrice: null };
}
