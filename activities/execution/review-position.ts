import { amount } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import { findWatchLevels, saveWatchLevels } from '#prisma/repositories/watches.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { findMarketPrice } from './market-price.ts';
import { reasonOfEnd } from './reason-of-end.ts';
import { ensureStop, stopKindOf, type WantedStop } from './stops.ts';
import { syncWithVenue } from './sync-position.ts';
import { countFiredTargets } from './targets.ts';
import { isBeyond, wantedStop } from './wanted-stop.ts';

/**
 * Looks at the position in the venue's words and fits its protection to it: the stop to the size that remains
 * and, after the take profit that calls for it, to break-even. A stop that is missing is placed again.
 */
export async function reviewPosition(deps: ExecutionDeps, { tradeId }: TradeRef): Promise<PositionReview> {
  const context = await loadContext(deps, tradeId);
  const synced = await syncWithVenue(deps, context);
  const { trade } = synced;
  const takeProfitsFilled = await countTargetsFilled(deps, trade);
  const remaining = amount(trade.remainingSize ?? '0');
  if (remaining.isZero() || synced.position === null) {
    const closedBy = await reasonOfEnd(deps, tradeId);
    return {
      remainingSize: trade.remainingSize ?? '0',
      takeProfitsFilled,
      stopPrice: trade.stopPrice,
      stop: 'fits',
      closedBy,
    };
  }
  const { stopPrice, stop } = await fitStop(deps, { ...context, trade }, takeProfitsFilled);
  await refreshWatch(deps, context, takeProfitsFilled);
  return { remainingSize: trade.remainingSize ?? '0', takeProfitsFilled, stopPrice, stop, closedBy: null };
}

/** A take profit counts once it has filled completely. */
async function countTargetsFilled(deps: ExecutionDeps, trade: TradeRecord): Promise<number> {
  const orders = await listOrders(deps.db, trade.id);
  const filled = orders.filter(({ leg, status }) => leg === 'take_profit' && status === 'filled');
  return new Set(filled.map(({ legNumber }) => legNumber)).size;
}

async function fitStop(
  deps: ExecutionDeps,
  context: TradeContext,
  takeProfitsFilled: number,
): Promise<Pick<PositionReview, 'stopPrice' | 'stop'>> {
  const { trade } = context;
  const wanted = wantedStop(trade, takeProfitsFilled);
  if (!wanted) return { stopPrice: trade.stopPrice, stop: 'fits' };
  const result = await ensureStop(deps, context, wanted);
  if (result.ok) return { stopPrice: result.price, stop: 'fits' };
  await tell(deps.db, {
    tradeId: trade.id,
    key: `stop_refused/${wanted.price}/${wanted.size}/${result.code}`,
    type: 'stop_refused',
    text: `The venue did not take the stop at ${wanted.price}: ${result.text}`,
    data: result,
  });
  const resting = newest(await listOrders(deps.db, trade.id), 'stop');
  if (!resting || isOver(resting.status)) return { stopPrice: trade.stopPrice, stop: 'missing' };
  return { stopPrice: trade.stopPrice, stop: (await isPassed(context, wanted)) ? 'passed' : 'refused' };
}

/** Whether the market went through break-even before the stop could be moved there. */
async function isPassed(context: TradeContext, wanted: WantedStop): Promise<boolean> {
  if (wanted.kind !== 'break_even') return false;
  const price = await findMarketPrice(context);
  return price !== undefined && isBeyond(context.plan.side, wanted.price, price);
}

/** Tells the watcher where the stop now rests, so that it neither repeats nor loosens it. */
async function refreshWatch(
  deps: ExecutionDeps,
  { trade: { id: tradeId }, desk }: TradeContext,
  targetsFilled: number,
): Promise<void> {
  const { capabilities } = desk.venue;
  const [trade, levels] = await Promise.all([getTrade(deps.db, tradeId), findWatchLevels(deps.db, tradeId)]);
  if (!levels || !trade.barriers) return;
  const stop = trade.stopPrice === null ? null : { price: trade.stopPrice, kind: stopKindOf(trade) };
  await saveWatchLevels(deps.db, tradeId, {
    ...levels,
    barriers: trade.barriers.levels,
    firedTargets: countFiredTargets(capabilities, trade.barriers.levels.targets),
    stop,
    isStopResident: stop !== null,
    targetsFilled,
  });
}
