import { worstPrice } from '#domain/entry-plan.ts';
import { roundSizeDown } from '#domain/instrument.ts';
import { Amount, amount, decimalString, type DecimalString } from '#domain/money.ts';
import { exitSide, isOver } from '#domain/order.ts';
import { listOrders, newest, type OrderRecord } from '#prisma/repositories/orders.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRef } from '../contract.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { CLOSE_SLIPPAGE_PCT, protectionDraft } from './drafts.ts';

/**
 * Closes the part of a position that a take profit is for, where that target could not rest at the venue. Asked
 * again, it finds out what became of the order of the first time. Answers whether there is nothing left to do.
 */
export function fireTarget(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  { leg, price }: { leg: number; price: DecimalString },
): Promise<boolean> {
  return withTradeLock(deps.db, tradeId, async () => {
    const trade = await getTrade(deps.db, tradeId);
    if (trade.phase !== 'open' || amount(trade.remainingSize ?? '0').isZero()) return true;
    const context = await openContext(deps, trade);
    const last = newest(await listOrders(deps.db, tradeId), 'take_profit', leg);
    if (last?.status === 'filled') return true;
    const draft = draftOf(context, leg, price, last);
    if (!draft) return true;
    const { desk, plan } = context;
    const [report] = await deps.orderDesk.send({ desk, instrument: plan.instrument, drafts: [draft] });
    if (report?.status === 'rejected')
      deps.logger.warn({ tradeId, leg, code: report.code, text: report.text }, 'a target was not taken');
    return report?.status === 'filled';
  });
}

/** A closing order at the market for the size of the leg, or what is left of it; null when the ladder has no such leg. */
function draftOf(
  { trade, plan, desk }: TradeContext,
  leg: number,
  price: DecimalString,
  last: OrderRecord | null,
) {
  const target = trade.barriers?.levels.targets.find((each) => each.leg === leg);
  if (!target) return null;
  const side = exitSide(plan.side);
  const wanted = roundSizeDown(plan.instrument, amount(trade.entrySize ?? '0').mul(target.fraction));
  const size = decimalString(Amount.min(wanted, trade.remainingSize ?? '0'));
  const worst = worstPrice(plan.instrument, side, price, CLOSE_SLIPPAGE_PCT);
  const revision = last === null ? 0 : last.revision + (isOver(last.status) ? 1 : 0);
  const protection = {
    leg: 'take_profit' as const,
    legNumber: leg,
    side,
    triggerPrice: target.price,
    worstPrice: worst,
    size,
  };
  const draft = protectionDraft(trade, desk.venue, plan, protection, revision);
  return { ...draft, kind: 'ioc' as const, triggerPrice: null };
}
