import { tightenOnly } from '#domain/barriers.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver, isUnknown, type OrderReport } from '#domain/order.ts';
import { getOrder } from '#prisma/repositories/order-moves.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { saveReports } from '#prisma/repositories/order-reports.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import { beginUnprotected } from '#prisma/repositories/trade-changes.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { bookVenueMove, type RecordMove } from './book-venue-move.ts';
import { OLDEST_READING_MS } from './oldest-reading.ts';
import { settleMove } from './settle-move.ts';

/** A reading this soon after the venue's last answer about an order may still show the time before that answer. */
const READING_LAG_MS = 10_000;

/**
 * Returns a stop or target of which it is known that it rests or is over. Sends an order that was perhaps never sent
 * again under its revision, settles a move without an end, and asks the venue about an order that rests by our records.
 * Throws while the venue does not say.
 */
export async function knownOrder(
  deps: ExecutionDeps,
  context: TradeContext,
  order: OrderRecord,
): Promise<OrderRecord> {
  if (isUnknown(order.status)) return sendAgain(deps, context, order);
  if (order.move !== null) return settleMove(deps, context, order);
  return isOver(order.status) || isFresh(deps, order) ? order : readOrder(deps, context, order);
}

/** Returns whether the venue answered about an order so shortly ago that a reading may be older than that answer. */
export const isFresh = ({ now }: Pick<ExecutionDeps, 'now'>, { answeredAt }: OrderRecord): boolean =>
  answeredAt !== null && now() - answeredAt < READING_LAG_MS;

/** Sends an order again together with the other orders of its action, since one fence ends all of them. */
async function sendAgain(
  deps: ExecutionDeps,
  { session, plan }: TradeContext,
  { id, tradeId, nonce }: OrderRecord,
): Promise<OrderRecord> {
  const orders = await listOrders(deps.db, tradeId);
  const drafts = orders.filter((each) => isUnknown(each.status) && each.nonce === nonce);
  if (drafts.length > 0) await deps.orderSender.send({ session, instrument: plan.instrument, drafts });
  return getOrder(deps.db, id);
}

/**
 * Asks the venue about an order that rests by our records, and books its answer: that the order is over, or triggers at
 * another price, which `record` writes down in one transaction with it. An order that the venue does not name is left
 * to the comparison of the account, which looks twice.
 */
export async function readOrder(
  deps: ExecutionDeps,
  context: TradeContext,
  order: OrderRecord,
  record: RecordMove = async () => undefined,
): Promise<OrderRecord> {
  const report = await askFor(deps, context, order);
  if (report === null) return order;
  if (isOver(report.status)) {
    await saveReports(deps.db, [{ ...order, report }]);
    if (order.leg === 'stop') await beginUnprotected(deps.db, order.tradeId, deps.now());
    return getOrder(deps.db, order.id);
  }
  const { triggerPrice } = report;
  if (!triggerPrice || (order.triggerPrice !== null && amount(triggerPrice).eq(order.triggerPrice)))
    return order;
  if (mayBeOld(deps, context, order, triggerPrice)) return order;
  await bookVenueMove(deps, context, { order, triggerPrice, record });
  return getOrder(deps.db, order.id);
}

/**
 * Returns whether a stop that reads looser than it is recorded may be read as of before its last move. Taken for moved by
 * its owner, it would be loosened by the next move of ours.
 */
const mayBeOld = (
  { now }: Pick<ExecutionDeps, 'now'>,
  { plan }: Pick<TradeContext, 'plan'>,
  { leg, triggerPrice, answeredAt }: OrderRecord,
  read: DecimalString,
): boolean =>
  leg === 'stop' &&
  answeredAt !== null &&
  now() - answeredAt < OLDEST_READING_MS &&
  !amount(tightenOnly(plan.side, triggerPrice, read)).eq(read);

/** Returns the venue's report of an order; null when the venue cannot be read, so that our records decide. */
async function askFor(
  deps: ExecutionDeps,
  { session }: TradeContext,
  { tradeId, clientOrderId, venueOrderId, reference }: OrderRecord,
): Promise<OrderReport | null> {
  const known = venueOrderId ?? reference;
  try {
    return await session.venue.accounts.orderByClientId(session.account.accountId, clientOrderId, known);
  } catch (err) {
    deps.logger.warn({ tradeId, clientOrderId, err }, 'an order could not be read at the venue');
    return null;
  }
}
