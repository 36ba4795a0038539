import { divideFills } from '#domain/divide-fills.ts';
import type { ClientOrderId, VenueOrderId } from '#domain/ids.ts';
import { decimalString } from '#domain/money.ts';
import type { AccountLook, BookedTrade, RestingOrder } from '#domain/reconcile.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import {
  findEntryOrderId,
  findOwners,
  listLiveStops,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import { findOutlived } from '#prisma/repositories/revivals.ts';
import { listLiveTrades, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { Venue, VenueOpenOrder, VenuePosition } from '#venues/venue.ts';
import type { TradingDeps } from '../deps.ts';

/**
 * Looks at an account: at the venue first, so that the books, read afterwards, have heard of whatever it shows.
 * Resting orders, ten times as dear as the rest, are asked for only with `full`.
 */
export async function lookAt(
  deps: Pick<TradingDeps, 'db'>,
  venue: Venue,
  { accountId }: Pick<CheckedAccount, 'accountId'>,
  { full }: { full: boolean },
): Promise<AccountLook> {
  const live = await listStops(deps, venue, accountId);
  const [account, open, stops] = await Promise.all([
    venue.accounts.account(accountId),
    full ? venue.accounts.openOrders(accountId) : [],
    askForStops(venue, accountId, live),
  ]);
  const [trades, resting, outlived] = await Promise.all([
    listLiveTrades(deps.db, venue.name, accountId),
    findOwn(deps, venue, accountId, open),
    findOutlived(deps.db, venue.name, accountId, positionIds(account.positions)),
  ]);
  return {
    positions: account.positions,
    outlived,
    stops,
    resting,
    trades: await Promise.all(
      trades.map((trade) => bookedTrade(deps, venue, trade, live.get(trade.id)?.clientOrderId ?? null)),
    ),
  };
}

async function bookedTrade(
  { db }: Pick<TradingDeps, 'db'>,
  { capabilities }: Venue,
  trade: TradeRecord,
  stopOrder: ClientOrderId | null,
): Promise<BookedTrade> {
  const { id: tradeId, phase, symbol, side } = trade;
  const stands = capabilities.separatePositions;
  const beside = stands ? '0' : decimalString(divideFills(side, await listFills(db, tradeId)).beside);
  return {
    tradeId,
    phase,
    symbol,
    side,
    remainingSize: trade.remainingSize ?? '0',
    beside,
    positionId: stands ? await findEntryOrderId(db, tradeId) : null,
    stopOrder,
  };
}

const positionIds = (positions: readonly VenuePosition[]): VenueOrderId[] =>
  positions.flatMap(({ positionId }) => positionId ?? []);

const listStops = async (
  { db }: Pick<TradingDeps, 'db'>,
  venue: Venue,
  accountId: CheckedAccount['accountId'],
): Promise<ReadonlyMap<string, OrderRecord>> =>
  new Map(
    (await listLiveStops(db, venue.name, accountId))
      .filter(({ status }) => !isOver(status))
      .map((order) => [order.tradeId, order]),
  );

async function askForStops(
  venue: Venue,
  accountId: CheckedAccount['accountId'],
  stops: ReadonlyMap<string, OrderRecord>,
): Promise<ReadonlyMap<ClientOrderId, OrderReport | null>> {
  const reports = await Promise.all(
    [...stops.values()].map(async ({ clientOrderId, venueOrderId, reference }) => {
      const known = venueOrderId ?? reference;
      return [clientOrderId, await venue.accounts.orderByClientId(accountId, clientOrderId, known)] as const;
    }),
  );
  return new Map(reports);
}

/** Those of the resting orders that we sent; the others belong to the account's owner and are left alone. */
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
