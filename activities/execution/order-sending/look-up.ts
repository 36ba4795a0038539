import { setTimeout as delay } from 'node:timers/promises';
import { amount, decimalString, sum } from '#domain/money.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import type { OrderRecord } from '#prisma/repositories/orders.ts';
import type { TradingSession } from '../trading-session.ts';
import { UnresolvedOrderError } from './errors.ts';
import { lost } from './reports.ts';

/**
 * How long a landed order is looked for before we believe that the venue refused it: calling an order refused
 * that shows up later would leave its position alone, waiting some seconds more costs nothing.
 */
const LOOKUP_ATTEMPTS = 30;
const LOOKUP_INTERVAL_MS = 250;
/** Fills are looked for from this long before the present on: an order is looked up soon after it was sent. */
const FILLS_OF_MS = 24 * 60 * 60_000;

type Session = Pick<TradingSession, 'venue' | 'account'>;

/** Taken by the venue, to be filled at once, and not filled yet. */
export const isAwaited = ({ kind, status }: Pick<OrderRecord, 'kind' | 'status'>): boolean =>
  kind === 'ioc' && !isOver(status);

/**
 * Asks for orders whose action reached the venue, and returns a report of each; one that the venue does not know has
 * the code `not_accepted`.
 */
export const lookUpAll = (session: Session, orders: readonly OrderRecord[]): Promise<OrderReport[]> =>
  Promise.all(orders.map((order) => lookUpOne(session, order)));

/** Throws `UnresolvedOrderError` when the venue goes on calling an order open that it fills at once or not at all. */
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

/** Returns what the fills of an order say that the venue does not name; null where it has none. */
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

/** Returns what the list of open orders says of one that the venue does not name; null where it is not listed. */
async function findResting({ venue, account }: Session, order: OrderRecord): Promise<OrderReport | null> {
  const open = await venue.accounts.openOrders(account.accountId);
  const found = open.find(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  if (!found) return null;
  const { venueOrderId, size } = found;
  return { ...lost(order), venueOrderId, status: 'resting', size, code: null, text: null };
}
