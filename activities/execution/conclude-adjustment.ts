import { amount, type DecimalString } from '#domain/money.ts';
import {
  dropAdjustment,
  findBegunAdjustment,
  saveAdjustment,
  type Adjustment,
  type BegunAdjustment,
} from '#prisma/repositories/adjustments.ts';
import { isOver } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { revisionOf, trailRevisionOf, type TradeRecord } from '#prisma/repositories/trade-record.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { knownOrder } from './known-order.ts';
import { kindOfNewStop, stopKindOf } from './stop-kind.ts';

/**
 * Ends an adjustment whose process died in the middle. When its stop was moved, the new exits are put in force and
 * audited; otherwise a trade event says that nothing has changed. Does nothing when there is none. Throws
 * `UnresolvedOrderError` while the venue does not say where the stop rests.
 */
export async function concludeAdjustment(deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<void> {
  if ((await findBegunAdjustment(deps.db, tradeId)) === null) return;
  await withTradeLock(deps.db, tradeId, async (hold) => {
    const loaded = await loadContext(deps, tradeId);
    await concludeUnderLock(deps, { ...loaded, session: loaded.session.under(hold) });
  });
}

/** Does the work of `concludeAdjustment` for a caller that holds the lock. Returns the trade as it stands then. */
export async function concludeUnderLock(deps: ExecutionDeps, context: TradeContext): Promise<TradeContext> {
  const { id } = context.trade;
  const begun = await findBegunAdjustment(deps.db, id);
  if (begun === null) return context;
  if (await isStopAt(deps, context, begun.stopPrice)) {
    await saveAdjustment(deps.db, finishedBy(context, begun, begun.stopPrice));
  } else {
    await dropAdjustment(deps.db, id);
    await recordTradeEvent(deps.db, droppedLine(context.trade, begun, deps.now()));
  }
  return { ...(await loadContext(deps, id)), session: context.session };
}

/**
 * Returns whether the newest stop rests at this price, or ended there. A stop that ended on the way there counts as
 * moved.
 */
async function isStopAt(deps: ExecutionDeps, context: TradeContext, price: DecimalString): Promise<boolean> {
  const last = newest(await listOrders(deps.db, context.trade.id), 'stop');
  const known = last && (await knownOrder(deps, context, last));
  if (!last || !known) return false;
  const prices = [known.triggerPrice, isOver(known.status) ? (last.move?.triggerPrice ?? null) : null];
  return prices.some((each) => each !== null && amount(each).eq(price));
}

/** Returns what is to be written once the stop of an adjustment rests at `stopPrice`: exits of the next revision. */
export function finishedBy(
  { trade, session }: TradeContext,
  { policy, levels, timeLimitAt, trailStart, by, note, request, isStopKept }: BegunAdjustment,
  stopPrice: DecimalString,
): Adjustment {
  const revision = revisionOf(trade.barriers) + 1;
  const trailRevision = trailStart === null ? trailRevisionOf(trade.barriers) : revision;
  // The stop may have been recorded where it was moved to by the process that died.
  const isKept = isStopKept ?? (trade.stopPrice !== null && amount(stopPrice).eq(trade.stopPrice));
  const kind = isKept ? stopKindOf(trade) : kindOfNewStop(levels, stopPrice);
  return {
    tradeId: trade.id,
    by,
    note,
    hold: session.hold,
    before: trade.barriers,
    barriers: { policy, levels, revision, trailRevision, request },
    timeLimitAt,
    watch: {
      barriers: levels,
      stop: { price: stopPrice, kind },
      isStopResident: true,
      restingTargets: [],
      filledTargets: [],
      revision,
      trailRevision,
      ...(trailStart && { seen: trailStart }),
    },
  };
}

const droppedLine = (trade: TradeRecord, { by }: BegunAdjustment, now: number) => ({
  tradeId: trade.id,
  key: `adjustment_dropped/${revisionOf(trade.barriers)}/${now}`,
  type: 'adjustment_dropped',
  text: `Other exits that ${by} asked for were interrupted before the stop was moved: nothing has changed`,
});
