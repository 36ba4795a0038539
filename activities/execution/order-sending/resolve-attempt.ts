import { doesRest, isOver, type OrderReport } from '#domain/order.ts';
import { saveReports } from '#prisma/repositories/order-reports.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import type { TradingDeps } from '../../deps.ts';
import { OLDEST_READING_MS } from '../oldest-reading.ts';
import { positionOptions, type OrderAction } from './action.ts';
import { UnresolvedOrderError } from './errors.ts';
import { fence } from './fence.ts';
import { isAwaited, lookUpAll } from './look-up.ts';
import { NOT_ACCEPTED, refusedReport, reported, toReport } from './reports.ts';

/**
 * Finds out what became of orders that were written down earlier. Returns their reports; null when they never happened
 * and never will, so that they may be sent. Throws `UnresolvedOrderError` while the venue does not say.
 */
export async function resolveAttempt(
  deps: TradingDeps,
  action: OrderAction,
  orders: readonly OrderRecord[],
): Promise<OrderReport[] | null> {
  const { session } = action;
  const open = orders.filter(({ status }) => status === 'submitting' || status === 'unresolved');
  if (open.length === 0) return orders.some(isAwaited) ? settle(deps, action, orders) : orders.map(toReport);
  const [first] = open;
  if (!first || first.nonce === null) return null;
  const { nonce } = first;
  const verdict = await fence(deps, session, { ...first, nonce, orderIds: open.map(({ id }) => id) });
  if (verdict.kind === 'fenced') return null;
  const reports = await lookUpAll(session, orders);
  requireNoContradiction(orders, reports);
  const isNoneKnown = reports.every(({ code }) => code === NOT_ACCEPTED);
  if (verdict.kind === 'landed' || !isNoneKnown) return conclude(deps, action, orders, reports);
  // The caller finds out what such an order has closed: the venue may show it after any wait.
  if (verdict.since > 0 && orders.every(isClosing)) return conclude(deps, action, orders, reports);
  // An entry that is sent again before the venue must show the first would make two positions.
  if (orders.some(({ reduceOnly }) => !reduceOnly) && deps.now() < verdict.since + OLDEST_READING_MS)
    throw new UnresolvedOrderError('the venue does not know the order, and may yet come to know it');
  return null;
}

/** Returns whether an order closes a position: at once, or as one that rests while the venue takes no others. */
const isClosing = ({ kind, reduceOnly }: OrderRecord): boolean =>
  reduceOnly && (kind === 'ioc' || kind === 'post_only');

/** Throws `UnresolvedOrderError` when the venue has placed the protection of an entry that it does not name yet. */
function requireNoContradiction(orders: readonly OrderRecord[], reports: readonly OrderReport[]): void {
  const isEntryUnknown = orders.some(
    ({ leg }, index) => leg === 'entry' && reports[index]?.code === NOT_ACCEPTED,
  );
  const isPlaced = reports.some(({ status }) => doesRest(status) || status === 'filled');
  if (isEntryUnknown && isPlaced)
    throw new UnresolvedOrderError('the venue holds the stop of an entry that it does not show yet');
}

/** Looks up orders whose action reached the venue. An order that the venue does not name was refused in it. */
const lookUp = async (
  deps: TradingDeps,
  action: OrderAction,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> => conclude(deps, action, orders, await lookUpAll(action.session, orders));

/** Stores reports of orders that were looked up. Returns them, after those that fill at once have ended. */
async function conclude(
  deps: TradingDeps,
  action: OrderAction,
  orders: readonly OrderRecord[],
  reports: OrderReport[],
): Promise<OrderReport[]> {
  await storeFor(deps, orders, reports);
  const isSettling = orders.some(({ kind }, index) =>
    isAwaited({ kind, status: reports[index]?.status ?? 'rejected' }),
  );
  return isSettling ? settle(deps, action, orders) : reports;
}

/** Ends orders that the venue took some time ago: first the one that fills at once, then those that depend on it. */
async function settle(
  deps: TradingDeps,
  action: OrderAction,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> {
  const { session, instrument } = action;
  const [first] = orders.filter(({ kind }) => kind === 'ioc');
  if (!first) return orders.map(toReport);
  if (!session.venue.execution.settle) return lookUp(deps, action, orders);
  const nonce = await session.nextNonce();
  const options = { nonce, ...(await positionOptions(deps, session, first.tradeId)) };
  const settled = await session.venue.execution.settle(session.account, { ...first, instrument }, options);
  if (settled.kind === 'unresolved' || settled.kind === 'denied')
    throw new UnresolvedOrderError(settled.text);
  const report = settled.kind === 'confirmed' ? settled.value : refusedReport(first, settled);
  await storeFor(deps, [first], [report]);
  const others = orders.filter((order) => order !== first);
  if (!isOver(report.status)) return orders.map((order) => (order === first ? report : toReport(order)));
  return [report, ...(others.length > 0 ? await lookUp(deps, action, others) : [])];
}

/** Stores reports. Throws `UnresolvedOrderError` when the orders belong to another attempt by now. */
async function storeFor(
  deps: TradingDeps,
  orders: readonly OrderRecord[],
  reports: readonly OrderReport[],
): Promise<void> {
  const nonce = orders[0]?.nonce;
  if (!(await saveReports(deps.db, reported(orders, reports), nonce)))
    throw new UnresolvedOrderError('another attempt sends these orders, or fills of them are booked');
}
