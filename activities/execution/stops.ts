import { protectionLeg, type ProtectionLeg } from '#domain/entry-plan.ts';
import { tightenOnly, type ExitReason } from '#domain/barriers.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade, saveStop, type TradeRecord } from '#prisma/repositories/trades.ts';
import { protectionDraft } from './drafts.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { moveTrigger, type MoveResult } from './move-trigger.ts';
import { alarmIfLong } from './unprotected.ts';

/** Where a stop is to stand. */
export interface WantedStop {
  price: DecimalString;
  size: DecimalString;
  kind: Extract<ExitReason, 'stop_loss' | 'trailing_stop' | 'break_even'>;
}

export type StopResult = MoveResult;

/** A person may loosen a stop; the system may not. */
export type StopMover = 'system' | 'person';

/**
 * Puts the resident stop where it is wanted: moves the one that rests, in place, or places one where none does.
 * Several parts of the system move stops (the trail, break-even, a changed size), so each change starts from
 * where the stop stands by then: it is never put back, and only a person's word loosens it.
 */
export function ensureStop(
  deps: ExecutionDeps,
  context: TradeContext,
  wanted: WantedStop,
  mover: StopMover = 'system',
): Promise<StopResult> {
  return withTradeLock(deps.db, context.trade.id, async () => {
    const trade = await getTrade(deps.db, context.trade.id);
    return changeStop(deps, { ...context, trade }, mover === 'person' ? wanted : neverLooser(trade, wanted));
  });
}

/** What is wanted, at the size that is left, where it does not loosen the stop; else the stop as it stands. */
function neverLooser(trade: TradeRecord, wanted: WantedStop): WantedStop {
  const { side, stopPrice, remainingSize } = trade;
  const size = remainingSize !== null && amount(remainingSize).gt(0) ? remainingSize : wanted.size;
  const price = tightenOnly(side, stopPrice, wanted.price);
  return stopPrice !== null && amount(price).eq(stopPrice)
    ? { price, size, kind: stopKindOf(trade) }
    : { price, size, kind: wanted.kind };
}

/** What put the stop where it stands. */
export const stopKindOf = ({ stopKind }: Pick<TradeRecord, 'stopKind'>): WantedStop['kind'] =>
  stopKind === 'trailing_stop' || stopKind === 'break_even' ? stopKind : 'stop_loss';

async function changeStop(
  deps: ExecutionDeps,
  context: TradeContext,
  wanted: WantedStop,
): Promise<StopResult> {
  const orders = await listOrders(deps.db, context.trade.id);
  const resting = newest(orders, 'stop');
  const leg = protectionLeg(context.plan.instrument, context.plan.side, 'stop', 0, wanted.price, wanted.size);
  const result =
    resting && !isOver(resting.status)
      ? await moveTrigger(deps, context, resting, leg)
      : await placeStop(deps, context, leg, resting ? resting.revision + 1 : 0);
  if (result.ok) await bookStop(deps, context, { ...wanted, price: result.price });
  return result;
}

async function bookStop(deps: ExecutionDeps, { trade }: TradeContext, stop: WantedStop): Promise<void> {
  await alarmIfLong(deps, trade.id, await saveStop(deps.db, trade.id, stop, deps.now()));
  const isMoved = trade.stopPrice !== null && !amount(trade.stopPrice).eq(stop.price);
  await tell(deps.db, {
    tradeId: trade.id,
    key: `stop/${stop.kind}/${stop.price}/${stop.size}`,
    type: isMoved ? 'stop_moved' : 'stop_resting',
    text: `Stop ${isMoved ? `moved from ${trade.stopPrice} to` : 'rests at'} ${stop.price} for ${stop.size} (${stop.kind})`,
    data: { from: trade.stopPrice, to: stop.price, size: stop.size, kind: stop.kind },
  });
}

async function placeStop(
  deps: ExecutionDeps,
  { trade, plan, desk }: TradeContext,
  leg: ProtectionLeg,
  revision: number,
): Promise<StopResult> {
  const draft = protectionDraft(trade, desk.venue, plan, leg, revision);
  const [report] = await deps.orderDesk.send({ desk, instrument: plan.instrument, drafts: [draft] });
  if (
    !report ||
    report.status === 'rejected' ||
    (isOver(report.status) && amount(report.filledSize).isZero())
  ) {
    return {
      ok: false,
      code: report?.code ?? 'not_accepted',
      text: report?.text ?? 'The venue took no stop.',
    };
  }
  return { ok: true, price: leg.triggerPrice };
}
