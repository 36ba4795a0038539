import { divideFills } from '#domain/divide-fills.ts';
import type { ClientOrderId, VenueOrderId } from '#domain/ids.ts';
import { decimalString } from '#domain/money.ts';
import type { AccountLook, BookedTarget, BookedTrade, RestingOrder } from '#domain/reconcile.ts';
import { doesRest, type OrderReport } from '#domain/order.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { saveEquity } from '#prisma/repositories/equity-hours.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { findEntryOrderId, findOwners, listLiveProtection } from '#prisma/repositories/orders.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import { findOutlived } from '#prisma/repositories/revivals.ts';
import { listLiveTrades } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue, VenueOpenOrder, VenuePosition } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';
import { residentTargetLegs } from '../execution/targets.ts';

/**
 * Reads an account: the venue first, so that records read afterwards contain all that it shows. Reads resting orders,
 * at ten times the cost, only with `full`. Stores the equity of the account, once an hour.
 */
export async function lookAt(
  deps: Pick<TradingDeps, 'db' | 'now'>,
  venue: Venue,
  { accountId }: Pick<CheckedAccount, 'accountId'>,
  { full }: { full: boolean },
): Promise<AccountLook> {
  const newestOrders = await listLiveProtection(deps.db, venue.name, accountId);
  const [account, open, stops] = await Promise.all([
    venue.accounts.account(accountId),
    full ? venue.accounts.openOrders(accountId) : [],
    askFor(
      venue,
      accountId,
      newestOrders.filter(({ status }) => doesRest(status)),
    ),
  ]);
  const [trades, resting, outlived] = await Promise.all([
    listLiveTrades(deps.db, venue.name, accountId),
    findOwn(deps, venue, accountId, open),
    findOutlived(deps.db, venue.name, accountId, positionIds(account.positions)),
    saveEquity(deps.db, { venue: venue.name, accountId, at: deps.now(), equityUsd: account.equityUsd }),
  ]);
  return {
    positions: account.positions,
    outlived,
    stops,
    resting,
    trades: await Promise.all(trades.map((trade) => bookedTrade(deps, venue, trade, newestOrders))),
  };
}

async function bookedTrade(
  { db }: Pick<TradingDeps, 'db'>,
  venue: Venue,
  trade: TradeRecord,
  newestOrders: readonly OrderRecord[],
): Promise<BookedTrade> {
  const { id: tradeId, phase, symbol, side } = trade;
  const stands = venue.capabilities.separatePositions;
  const beside = stands ? '0' : decimalString(divideFills(side, await listFills(db, tradeId)).beside);
  const orders = newestOrders.filter((order) => order.tradeId === tradeId);
  const stop = orders.find(({ leg, status }) => leg === 'stop' && doesRest(status));
  return {
    tradeId,
    phase,
    symbol,
    side,
    remainingSize: trade.remainingSize ?? '0',
    beside,
    positionId: stands ? await findEntryOrderId(db, tradeId) : null,
    stopOrder: stop?.clientOrderId ?? null,
    stopPrice: stop?.triggerPrice ?? null,
    targets: targetsOf(venue, trade, orders),
  };
}

const positionIds = (positions: readonly VenuePosition[]): VenueOrderId[] =>
  positions.flatMap(({ positionId }) => positionId ?? []);

/**
 * Returns the stops and targets that can rest at the venue and should: not filled, not refused, and not fired by the
 * watcher.
 */
function targetsOf(venue: Venue, trade: TradeRecord, orders: readonly OrderRecord[]): BookedTarget[] {
  return residentTargetLegs(venue.capabilities, trade).flatMap(({ legNumber }) => {
    const order = orders.find((each) => each.leg === 'take_profit' && each.legNumber === legNumber);
    if (order?.status === 'filled' || order?.status === 'rejected' || order?.kind === 'ioc') return [];
    const rests = order !== undefined && doesRest(order.status);
    const { clientOrderId = null, triggerPrice = null } = rests ? order : {};
    return [{ legNumber, order: clientOrderId, price: triggerPrice }];
  });
}

async function askFor(
  venue: Venue,
  accountId: CheckedAccount['accountId'],
  orders: readonly OrderRecord[],
): Promise<ReadonlyMap<ClientOrderId, OrderReport | null>> {
  const reports = await Promise.all(
    orders.map(async ({ clientOrderId, venueOrderId, reference }) => {
      const known = venueOrderId ?? reference;
      return [clientOrderId, await venue.accounts.orderByClientId(accountId, clientOrderId, known)] as const;
    }),
  );
  return new Map(reports);
}

/** Returns the resting orders that we sent; others belong to the account's owner. */
async function findOwn(
  { db }: Pick<TradingDeps, 'db'>,
  venue: Venue,
  accountId: CheckedAccount['accountId'],
  open: readonly VenueOpenOrder[],
): Promise<RestingOrder[]> {
  const ids = open.flatMap(({ clientOrderId }) => clientOrderId ?? []);
  const owners = await findOwners(db, venue.name, accountId, ids);
  return owners.map(({ clientOrderId, tradeId, status, tradePhase }) => ({
    clientOrderId,
    tradeId,
    status,
    tradePhase,
  }));
}
