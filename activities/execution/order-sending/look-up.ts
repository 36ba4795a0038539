import { setTimeout as delay } from 'node:timers/promises';
import { amount, decimalString, sum } from '#domain/money.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import type { TradingSession } from '../trading-session.ts';
import { UnresolvedOrderError } from './errors.ts';
import { lost } from './reports.ts';

/**
 * How often an order that reached the venue is looked for before it counts as refused. An order that shows up later
 * would leave its position alone, so some seconds more are well spent.
 */
const LOOKUP_ATTEMPTS = 30;
const LOOKUP_INTERVAL_MS = 250;
/** How far back fills of an order are looked for: an order is looked up soon after it was sent. */
const FILLS_OF_MS = 24 * 60 * 60_000;

type Session = Pick<TradingSession, 'venue' | 'account'>;

/** Returns whether the venue took an order that fills at once, and has not ended it yet. */
export const isAwaited = ({ kind, status }: Pick<OrderRecord, 'kind' | 'status'>): boolean =>
  kind === 'ioc' && !isOver(status);

/**
 * Asks for orders whose action reached the venue, and returns a report of each; one that the venue does not know has
 * the code `not_accepted`.
 */
export const lookUpAll = (session: Session, orders: readonly OrderRecord[]): Promise<OrderReport[]> =>
  Promise.all(orders.map((order) => lookUpOne(session, order)));

/**
 * Looks one order up. Throws `UnresolvedOrderError` while the venue calls an order open that fills at once or not at
 * all.
 */
async function lookUpOne({ venue, account }: Session, order: OrderRecord): Promise<OrderReport> {
  let isKnown = false;
  for (let turn = 0; turn < LOOKUP_ATTEMPTS; turn += 1) {
    const report = await venue.accounts.orderByClientId(
      account.accountId,
      order.clientOrderId,
      order.reference,
    );
    const isBehind = report !== null && isAwaited({ ...order, status: report.status });
    if (report && (!isBehind || venue.execution.settle)) return report;
    isKnown ||= report !== null;
    await delay(LOOKUP_INTERVAL_MS);
  }
  if (isKnown) throw new UnresolvedOrderError('the venue does not say yet how the order ended');
  const find = order.kind === 'ioc' ? findFilled : findResting;
  return (await find({ venue, account }, order)) ?? lost(order);
}

/** Returns a report made of the fills of an order that the venue does not name; null when it has none. */
async function findFilled({ venue, account }: Session, order: OrderRecord): Promise<OrderReport | null> {
  const listed = await venue.accounts.fillsSince(account.accountId, Date.now() - FILLS_OF_MS);
  const fills = listed.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  const [first] = fills;
  if (!first) return null;
  const size = sum(fills.map((fill) => fill.size));
  const value = sum(fills.map((fill) => amount(fill.size).mul(fill.price)));
  return {
    ...lost(order),
    venueOrderId: first.venueOrderId,
    status: size.gte(order.size) ? 'filled' : 'canceled',
    filledSize: decimalString(size),
    averagePrice: decimalString(value.div(size)),
    code: null,
    text: null,
  };
}

/**
 * Returns a report made of the list of open orders, for an order that the venue does not name; null when it is not
 * listed.
 */
async function findResting({ venue, account }: Session, order: OrderRecord): Promise<OrderReport | null> {
  const open = await venue.accounts.openOrders(account.accountId);
  const found = open.find(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  if (!found) return null;
  const { venueOrderId, size } = found;
  return { ...lost(order), venueOrderId, status: 'resting', size, code: null, text: null };
}
