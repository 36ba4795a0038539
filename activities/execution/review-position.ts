import { amount } from '#domain/money.ts';
import { doesRest } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { changeWatchLevels } from '#prisma/repositories/watches.ts';
import { priceOf } from '#venues/price-of.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import { concludeAdjustment } from './conclude-adjustment.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { reasonOfEnd } from '../ledger/reason-of-end.ts';
import { TradeOverError } from './order-sending/index.ts';
import { fitTargets } from './fit-targets.ts';
import { filledTargets, restingTargets } from './ladder.ts';
import { stopKindOf } from './stop-kind.ts';
import { ensureStop, type WantedStop } from './stops.ts';
import { syncWithVenue } from './sync-position.ts';
import { isBeyond, wantedStop } from './wanted-stop.ts';

/**
 * Reads the position at the venue and fits its protection to it: the stop to the remaining size and, after the take
 * profit that calls for it, to break-even. Places a missing stop or target, and books one that was moved at the venue.
 */
export async function reviewPosition(deps: ExecutionDeps, { tradeId }: TradeRef): Promise<PositionReview> {
  await concludeAdjustment(deps, tradeId);
  const context = await loadContext(deps, tradeId);
  const synced = await syncWithVenue(deps, context);
  const { trade } = synced;
  const takeProfitsFilled = filledTargets(trade, await listOrders(deps.db, tradeId)).length;
  const remaining = amount(trade.remainingSize ?? '0');
  if (remaining.isZero() || synced.position === null) {
    // A position that the venue does not show has ended once fills say so.
    const closedBy = synced.isExplained || remaining.isZero() ? await reasonOfEnd(deps, tradeId) : null;
    return {
      remainingSize: trade.remainingSize ?? '0',
      takeProfitsFilled,
      stopPrice: trade.stopPrice,
      stop: 'fits',
      closedBy,
    };
  }
  const fit = await fitProtection(deps, { ...context, trade }, takeProfitsFilled);
  return { remainingSize: trade.remainingSize ?? '0', takeProfitsFilled, ...fit, closedBy: null };
}

/** Fits stop and targets, and updates the watch. Changes nothing once the end of the trade has begun. */
async function fitProtection(
  deps: ExecutionDeps,
  context: TradeContext,
  takeProfitsFilled: number,
): Promise<Pick<PositionReview, 'stopPrice' | 'stop'>> {
  try {
    const fit = await fitStop(deps, context, takeProfitsFilled);
    await fitTargets(deps, context);
    await refreshWatch(deps, context.trade.id);
    return fit;
  } catch (error) {
    if (!(error instanceof TradeOverError)) throw error;
    return { stopPrice: context.trade.stopPrice, stop: 'fits' };
  }
}

/** A refusal that lasts is recorded once an hour. */
const HOUR_MS = 3_600_000;

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
  await recordTradeEvent(deps.db, {
    tradeId: trade.id,
    key: `stop_refused/${wanted.price}/${wanted.size}/${result.code}/${Math.floor(deps.now() / HOUR_MS)}`,
    type: 'stop_refused',
    text: `The venue did not take the stop at ${wanted.price}: ${result.text}`,
    data: result,
  });
  const last = newest(await listOrders(deps.db, trade.id), 'stop');
  if (last === null || !doesRest(last.status)) return { stopPrice: trade.stopPrice, stop: 'missing' };
  return { stopPrice: trade.stopPrice, stop: (await isPassed(context, wanted)) ? 'passed' : 'refused' };
}

/** Returns whether the market went through break-even before the stop could be moved there. */
async function isPassed(context: TradeContext, wanted: WantedStop): Promise<boolean> {
  if (wanted.kind !== 'break_even') return false;
  const price = await priceOf(context.session.venue, context.plan.instrument.symbol);
  return price !== undefined && isBeyond(context.plan.side, wanted.price, price);
}

/**
 * Stores where stop and targets rest for the watcher, so that it neither repeats nor loosens them. Called under the
 * lock of the trade, because the trail may move the stop at that moment.
 */
const refreshWatch = (deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<void> =>
  withTradeLock(deps.db, tradeId, async (hold) => {
    const [trade, orders] = await Promise.all([getTrade(deps.db, tradeId), listOrders(deps.db, tradeId)]);
    if (!trade.barriers) return;
    const stop = trade.stopPrice === null ? null : { price: trade.stopPrice, kind: stopKindOf(trade) };
    const change = {
      barriers: trade.barriers.levels,
      stop,
      isStopResident: stop !== null,
      restingTargets: restingTargets(trade, orders),
      filledTargets: filledTargets(trade, orders),
    };
    await changeWatchLevels(deps.db, tradeId, change, hold);
  });
