import { protectionLeg, type ProtectionLeg } from '#domain/entry-plan.ts';
import { tightenOnly } from '#domain/barriers.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { doesRest, isOver } from '#domain/order.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { saveStop } from '#prisma/repositories/trade-changes.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { protectionDraft } from './drafts.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { knownOrder } from './known-order.ts';
import { moveTrigger, type MoveResult } from './move-trigger.ts';
import { stopKindAt, stopKindOf, type StopKind } from './stop-kind.ts';
import { alarmIfLong } from './unprotected.ts';

/** A stop that is to rest. */
export interface WantedStop {
  price: DecimalString;
  size: DecimalString;
  kind: StopKind;
}

/** Price at which the stop rests and the rule that put it there, or why it was not placed or moved. */
export type StopResult =
  | { ok: true; price: DecimalString; kind: StopKind }
  | Extract<MoveResult, { ok: false }>;

/** True when a person asks: only a person may loosen a stop. */
export type StopMover = 'system' | 'person';

/**
 * Moves the resting stop to the wanted price in place, or places one where none rests. Several processes move stops
 * (trail, break-even, changed size), so each change starts from where the stop rests then, by the venue and by our
 * records, and never loosens it.
 */
export const ensureStop = (
  deps: ExecutionDeps,
  context: TradeContext,
  wanted: WantedStop,
): Promise<StopResult> =>
  withTradeLock(deps.db, context.trade.id, (hold) =>
    changeStop(deps, { ...context, session: context.session.under(hold) }, wanted, 'system'),
  );

/** Does the work of `ensureStop` under the lock of the trade, which the caller holds; a person may loosen the stop. */
export async function changeStop(
  deps: ExecutionDeps,
  { trade: { id }, ...rest }: TradeContext,
  asked: WantedStop,
  mover: StopMover,
): Promise<StopResult> {
  const known = await knownStop(deps, { ...rest, trade: await getTrade(deps.db, id) });
  const context = { ...rest, trade: await getTrade(deps.db, id) };
  const resting = known !== null && doesRest(known.status) ? known : null;
  const wanted = mover === 'person' ? asked : neverLooser(context.trade, resting, asked);
  const { instrument, side } = context.plan;
  const leg = protectionLeg(instrument, side, 'stop', 0, wanted.price, wanted.size);
  const result = resting
    ? await moveTrigger(deps, context, resting, leg)
    : await placeStop(deps, context, leg, known ? known.revision + 1 : 0);
  if (!result.ok) return result;
  await bookStop(deps, context, { ...wanted, price: result.price });
  return { ...result, kind: wanted.kind };
}

/** Returns the newest stop of the trade, known to rest or to be over; null when there never was one. */
async function knownStop(deps: ExecutionDeps, context: TradeContext): Promise<OrderRecord | null> {
  const last = newest(await listOrders(deps.db, context.trade.id), 'stop');
  return last && knownOrder(deps, context, last);
}

/** Returns the wanted stop at the size that is left, unless it loosens the stop; else the stop as it rests. */
function neverLooser(trade: TradeRecord, resting: OrderRecord | null, wanted: WantedStop): WantedStop {
  const { remainingSize } = trade;
  const size = remainingSize !== null && amount(remainingSize).gt(0) ? remainingSize : wanted.size;
  const standing = standingStop(trade, resting);
  const price = tightenOnly(trade.side, standing?.price ?? null, wanted.price);
  return standing !== null && amount(price).eq(standing.price)
    ? { ...standing, size }
    : { price, size, kind: wanted.kind };
}

/** Returns the tighter of the recorded stop and the one at the venue, either of which may be out of date. */
function standingStop(
  trade: TradeRecord,
  resting: OrderRecord | null,
): Pick<WantedStop, 'price' | 'kind'> | null {
  const booked = trade.stopPrice;
  if (!resting?.triggerPrice) return booked === null ? null : { price: booked, kind: stopKindOf(trade) };
  const price = tightenOnly(trade.side, booked, resting.triggerPrice);
  const isBooked = booked !== null && amount(price).eq(booked);
  return { price, kind: isBooked ? stopKindOf(trade) : stopKindAt(trade, price) };
}

async function bookStop(
  deps: ExecutionDeps,
  { trade, session }: TradeContext,
  stop: WantedStop,
): Promise<void> {
  const order = newest(await listOrders(deps.db, trade.id), 'stop');
  const restsSince = Math.min(order?.answeredAt ?? Infinity, deps.now());
  const saved = await saveStop(deps.db, trade.id, { ...stop, hold: session.hold }, restsSince);
  await alarmIfLong(deps, trade.id, saved);
  const isMoved = trade.stopPrice !== null && !amount(trade.stopPrice).eq(stop.price);
  await recordTradeEvent(deps.db, {
    tradeId: trade.id,
    // One trade event for each answer of the venue about the stop, however often it is booked.
    key: `stop/${stop.kind}/${stop.price}/${stop.size}/${order?.revision}/${order?.answeredAt}`,
    type: isMoved ? 'stop_moved' : 'stop_resting',
    text: `Stop ${isMoved ? `moved from ${trade.stopPrice} to` : 'rests at'} ${stop.price} for ${stop.size} (${stop.kind})`,
    data: { from: trade.stopPrice, to: stop.price, size: stop.size, kind: stop.kind },
  });
}

async function placeStop(
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
  leg: ProtectionLeg,
  revision: number,
): Promise<MoveResult> {
  const draft = protectionDraft(trade, session.venue, plan, leg, revision);
  const [report] = await deps.orderSender.send({ session, instrument: plan.instrument, drafts: [draft] });
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
