import { setTimeout as delay } from 'node:timers/promises';
import { amount } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { dropMove, getOrder, saveStanding } from '#prisma/repositories/order-moves.ts';
import { markCanceled, saveReports } from '#prisma/repositories/order-reports.ts';
import type { OrderMove, OrderRecord } from '#prisma/repositories/order-record.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { VenueOpenOrder } from '#venues/venue.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { OLDEST_READING_MS } from './oldest-reading.ts';
import { fence, UnresolvedOrderError } from './order-sending/index.ts';
import { stopKindAt } from './stop-kind.ts';

/** How often a move that reached the venue is looked for in one call. */
const LOOKS = 24;
const LOOK_INTERVAL_MS = 250;

/**
 * Finds out what became of a move whose answer was never stored, and books where the order rests. Fences the move off
 * first, so that it cannot happen later. Returns the order; throws `UnresolvedOrderError` while the venue does not say.
 */
export async function settleMove(
  deps: ExecutionDeps,
  context: TradeContext,
  order: OrderRecord,
): Promise<OrderRecord> {
  const { move } = order;
  if (move === null) return order;
  const { kind } = await fence(deps, context.session, move);
  if (kind === 'fenced') await dropMove(deps.db, order.id, move);
  else await bookStanding(deps, context, order, move);
  return getOrder(deps.db, order.id);
}

async function bookStanding(
  { db, now }: ExecutionDeps,
  { session }: TradeContext,
  order: OrderRecord,
  move: OrderMove,
): Promise<void> {
  const found = await lookFor(session, order, move);
  if (found?.triggerPrice) {
    // What was read may be of before the move: another that starts from there could loosen the stop.
    if (!amount(found.triggerPrice).eq(move.triggerPrice)) requireAge(move, now());
    const { price, size, triggerPrice, venueOrderId } = found;
    const stopKind = stopKindAt(await getTrade(db, order.tradeId), triggerPrice);
    const standing = { price, size, triggerPrice, venueOrderId, stopKind, status: 'resting' as const };
    await saveStanding(db, { ...order, hold: session.hold }, standing);
    return;
  }
  const known = order.venueOrderId ?? order.reference;
  const report = await session.venue.accounts.orderByClientId(
    session.account.accountId,
    order.clientOrderId,
    known,
  );
  if (report && !isOver(report.status))
    throw new UnresolvedOrderError('the venue does not show where the order that was moved rests');
  if (report === null) requireAge(move, now());
  // An order that the venue does not show protects nothing, so another is placed.
  if (report) await saveReports(db, [{ ...order, report }]);
  else await markCanceled(db, [order.id], 'The venue knows no such order.');
  await dropMove(db, order.id, move);
}

/** Throws `UnresolvedOrderError` while an answer of the venue may be of before the move. */
function requireAge({ nonce }: OrderMove, now: number): void {
  if (now < nonce + OLDEST_READING_MS)
    throw new UnresolvedOrderError('the venue may not show yet where the order that was moved rests');
}

/** Returns the resting order, as soon as the venue shows it at the new price; undefined when it does not rest. */
async function lookFor(
  session: TradeContext['session'],
  order: OrderRecord,
  move: OrderMove,
): Promise<VenueOpenOrder | undefined> {
  let found: VenueOpenOrder | undefined;
  for (let look = 0; look < LOOKS; look += 1) {
    if (look > 0) await delay(LOOK_INTERVAL_MS);
    const open = await session.venue.accounts.openOrders(session.account.accountId);
    found = open.find((each) => isThat(order, each));
    if (found?.triggerPrice && amount(found.triggerPrice).eq(move.triggerPrice)) return found;
  }
  return found;
}

const isThat = (order: OrderRecord, { clientOrderId, venueOrderId }: VenueOpenOrder): boolean =>
  clientOrderId === order.clientOrderId || (clientOrderId === null && venueOrderId === order.venueOrderId);
