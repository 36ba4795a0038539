import type { Barriers } from '#domain/barriers.ts';
import { planProtection, type ProtectionLeg } from '#domain/entry-plan.ts';
import type { DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { asPlainJson } from '#prisma/repositories/json.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { saveBarriers } from '#prisma/repositories/trades.ts';
import type { PositionReview, TradeRef } from '../contract.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { findMarketPrice } from './market-price.ts';
import { reviewPosition } from './review-position.ts';
import { ensureStop } from './stops.ts';
import { cancelOrders, placeTargets, residentLegs } from './targets.ts';
import { isBeyond } from './wanted-stop.ts';

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
  const price = await findMarketPrice(context);
  if (price !== undefined && isBeyond(context.plan.side, stop, price)) {
    throw new InvalidBarriersError(`The price is ${price}: a stop at ${stop} would fire at once.`);
  }
}

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
