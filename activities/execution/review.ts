import { setTimeout as delay } from 'node:timers/promises';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { remedyFor } from '#domain/stop-refusal.ts';
import { planProtection, type ProtectionLeg } from '#domain/entry-plan.ts';
import { tightenOnly, type Barriers, type ResolvedBarriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { isOver } from '#domain/order.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { asPlainJson } from '#prisma/repositories/json.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { getTrade, resizeTrade, saveBarriers, type TradeRecord } from '#prisma/repositories/trades.ts';
import { findWatchLevels, saveWatchLevels } from '#prisma/repositories/watches.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { reasonOfEnd, syncWithVenue } from './exits.ts';
import { ensureStop, stopKindOf, type StopResult, type WantedStop } from './stops.ts';
import { cancelOrders, countFiredTargets, placeTargets, residentLegs } from './targets.ts';

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
  const price = await marketPrice(context);
  return price !== undefined && isBeyond(context.plan.side, wanted.price, price);
}

/** The stop as it should stand now: where it is, or at break-even once its take profit has filled. */
function wantedStop(trade: TradeRecord, takeProfitsFilled: number): WantedStop | null {
  const levels = trade.barriers?.levels;
  const size = trade.remainingSize;
  if (!levels || size === null) return null;
  const current = trade.stopPrice;
  const breakEven = levels.breakEven;
  const isDue = breakEven !== null && takeProfitsFilled >= breakEven.afterTakeProfit;
  const price = isDue
    ? tightenOnly(trade.side, current, breakEven.price)
    : (current ?? initialStop(trade, levels));
  if (price === null) return null;
  const isMoved = current === null || !amount(price).eq(current);
  return { price, size, kind: isMoved && isDue ? 'break_even' : stopKindOf(trade) };
}

function initialStop(trade: TradeRecord, levels: ResolvedBarriers): DecimalString | null {
  return levels.stop ?? (trade.plan && trade.entryPrice && trade.entrySize ? trailStart(trade) : null);
}

function trailStart(trade: TradeRecord): DecimalString | null {
  if (!trade.plan || !trade.entryPrice || !trade.entrySize) return null;
  const planned = planProtection(trade.plan, trade.entrySize, trade.entryPrice);
  return planned.ok ? (planned.value.legs.find(({ leg }) => leg === 'stop')?.triggerPrice ?? null) : null;
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

/** Places the stop of a filled entry that stands without one, and the targets it lacks. */
export async function protectPosition(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
): Promise<{ stopPrice: DecimalString } | { failed: string }> {
  const context = await loadContext(deps, tradeId);
  const { trade, plan } = context;
  const result = await insistOnStop(deps, context);
  if (!result.ok) return { failed: result.text };
  const protection = planProtection(plan, trade.entrySize ?? '0', trade.entryPrice ?? '0');
  if (protection.ok)
    await placeTargets(deps, context, residentLegs(context.desk.venue.capabilities, protection.value));
  return { stopPrice: result.price };
}

/** A stop is asked for this often, and then the position is closed instead. */
const STOP_ATTEMPTS = 4;
const STOP_RETRY_MS = 100;

/** Asks for the stop until the venue takes it, doing about a refusal what can be done. */
async function insistOnStop(deps: ExecutionDeps, context: TradeContext): Promise<StopResult> {
  for (let attempt = 1; ; attempt += 1) {
    const trade = await getTrade(deps.db, context.trade.id);
    const wanted = wantedStop(trade, 0);
    if (!wanted) return { ok: false, code: 'no_stop', text: 'The trade has no stop to place.' };
    const result = await ensureStop(deps, { ...context, trade }, wanted);
    const remedy = result.ok ? null : remedyFor(result.code);
    if (remedy === null || remedy === 'close' || attempt === STOP_ATTEMPTS) return result;
    if (remedy === 'resize') await takeVenueSize(deps, { ...context, trade });
    await delay(STOP_RETRY_MS * attempt);
  }
}

/** Takes the size from the venue where the booked fills do not explain it. */
async function takeVenueSize(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const { position, trade } = await syncWithVenue(deps, context);
  const held = position && decimalString(amount(position.size).abs());
  if (!position || held === null || amount(held).eq(trade.remainingSize ?? '0')) return;
  await resizeTrade(deps.db, trade.id, { remainingSize: held, entryPrice: position.entryPrice });
}

/** The exits a person asked for do not fit the position. Never retried. */
export class InvalidBarriersError extends Error {
  override name = 'InvalidBarriersError';
  readonly code = 'invalid_barriers';
}

/**
 * Replaces stop, targets, trail and time limit of an open trade at a person's word: it may loosen the stop,
 * and is audited with before and after. Throws `InvalidBarriersError` when the new exits do not fit.
 */
export async function adjustBarriers(
  deps: ExecutionDeps,
  { tradeId, barriers, by }: TradeRef & { barriers: Barriers; by: string },
): Promise<PositionReview> {
  const parsed = parseBarriers(barriers);
  if (!parsed.ok)
    throw new InvalidBarriersError(
      parsed.problems.map((each) => `${each.field}: ${each.message}`).join('; '),
    );
  const context = await loadContext(deps, tradeId);
  const { trade, plan } = context;
  const planned = planProtection(
    { ...plan, barriers: parsed.barriers },
    trade.entrySize ?? '0',
    trade.entryPrice ?? '0',
  );
  if (!planned.ok) throw new InvalidBarriersError(planned.refusal.text);
  const { levels, legs } = planned.value;
  const stop = legs.find(({ leg }) => leg === 'stop');
  if (!stop) throw new InvalidBarriersError('An open position keeps a stop: give stopLoss or trailing.');
  await refuseStopBeyondMarket(context, stop.triggerPrice);
  const wanted = {
    price: stop.triggerPrice,
    size: trade.remainingSize ?? stop.size,
    kind: 'stop_loss' as const,
  };
  const result = await ensureStop(deps, context, wanted, 'person');
  if (!result.ok) throw new InvalidBarriersError(`The venue refused the stop: ${result.text}`);
  await deps.db.auditLog.create({
    data: {
      actor: by,
      action: 'trade.adjust_barriers',
      subject: `trade/${tradeId}`,
      before: asPlainJson(trade.barriers?.policy ?? {}),
      after: asPlainJson(parsed.barriers),
    },
  });
  await saveBarriers(deps.db, tradeId, { policy: parsed.barriers, levels });
  await replaceTargets(deps, context, residentLegs(context.desk.venue.capabilities, planned.value));
  return reviewPosition(deps, { tradeId });
}

/** A stop the market has already passed would close the position at once: that is a close, not an adjustment. */
async function refuseStopBeyondMarket(context: TradeContext, stop: DecimalString): Promise<void> {
  const price = await marketPrice(context);
  if (price !== undefined && isBeyond(context.plan.side, stop, price)) {
    throw new InvalidBarriersError(`The price is ${price}: a stop at ${stop} would fire at once.`);
  }
}

async function marketPrice({ desk, plan }: TradeContext): Promise<DecimalString | undefined> {
  const ticks = await desk.venue.market.prices();
  return ticks.find(({ symbol }) => symbol === plan.instrument.symbol)?.price;
}

const isBeyond = (side: Side, stop: DecimalString, price: DecimalString): boolean =>
  side === 'long' ? amount(stop).gte(price) : amount(stop).lte(price);

async function replaceTargets(
  deps: ExecutionDeps,
  context: TradeContext,
  legs: readonly ProtectionLeg[],
): Promise<void> {
  const orders = await listOrders(deps.db, context.trade.id);
  const old = orders.filter(({ leg, status }) => leg === 'take_profit' && !isOver(status));
  await cancelOrders(deps, context, old, 'Replaced by a person.');
  const targets = legs.filter(({ legNumber, leg }) => leg === 'take_profit' && !hasFilled(orders, legNumber));
  await placeTargets(deps, context, targets);
}

const hasFilled = (orders: Parameters<typeof newest>[0], legNumber: number): boolean =>
  newest(orders, 'take_profit', legNumber)?.status === 'filled';
