import { doesRest, isOver, type OrderReport } from '#domain/order.ts';
import { saveReports, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { TradingDeps } from '../../deps.ts';
import { positionOptions, type OrderAction } from './action.ts';
import { UnresolvedOrderError } from './errors.ts';
import { fence } from './fence.ts';
import { isAwaited, lookUpAll } from './look-up.ts';
import { NOT_ACCEPTED, refusedReport, reported, toReport } from './reports.ts';

/** How long after a fence an unknown entry may still show up: sending it again before would make two positions. */
const UNKNOWN_ENTRY_MS = 15_000;

/**
 * Finds out what became of orders that were written down earlier. Returns their reports; null when they never
 * happened and never will, so that they may be sent. Throws `UnresolvedOrderError` when the venue will not say.
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
  // What such an order would close is for the caller to find out: the venue may show it later than any patience.
  if (verdict.since > 0 && orders.every(isClosing)) return conclude(deps, action, orders, reports);
  if (orders.some(({ reduceOnly }) => !reduceOnly) && deps.now() < verdict.since + UNKNOWN_ENTRY_MS)
    throw new UnresolvedOrderError('the venue does not know the order, and may yet come to know it');
  return null;
}

/** Closes, in part or whole, at once. */
const isClosing = ({ kind, reduceOnly }: OrderRecord): boolean => kind === 'ioc' && reduceOnly;

/** Throws `UnresolvedOrderError` where the venue does not know an entry yet whose protection it has placed. */
function requireNoContradiction(orders: readonly OrderRecord[], reports: readonly OrderReport[]): void {
  const isEntryUnknown = orders.some(
    ({ leg }, index) => leg === 'entry' && reports[index]?.code === NOT_ACCEPTED,
  );
  const isPlaced = reports.some(({ status }) => doesRest(status) || status === 'filled');
  if (isEntryUnknown && isPlaced)
    throw new UnresolvedOrderError('the venue holds the stop of an entry that it does not show yet');
}

/** Asks for orders whose action reached the venue. An order it does not know was refused in that action. */
const lookUp = async (
  deps: TradingDeps,
  action: OrderAction,
  orders: readonly OrderRecord[],
): Promise<OrderReport[]> => conclude(deps, action, orders, await lookUpAll(action.session, orders));

/** Stores what the venue said of orders it was asked for, and returns it once those that fill at once are settled. */
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

/** Orders that the venue took some time ago: those that fill at once are settled first, then what hangs on them. */
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

/** Stores what was found out. Throws `UnresolvedOrderError` when the orders belong to another attempt by now. */
async function storeFor(
  deps: TradingDeps,
  orders: readonly OrderRecord[],
  reports: readonly OrderReport[],
): Promise<void> {
  const nonce = orders[0]?.nonce;
  if (!(await saveReports(deps.db, reported(orders, reports), nonce)))
    throw new UnresolvedOrderError('another attempt sends these orders, or fills of them are booked');
}
