import type { ClientOrderId } from '#domain/ids.ts';
import type { AccountLook, BookedTrade, RestingOrder } from '#domain/reconcile.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { listLiveTrades } from '#prisma/repositories/trades.ts';
import { findOwners, listLiveStops, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { Venue, VenueOpenOrder } from '#venues/venue.ts';
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
  const [trades, resting] = await Promise.all([
    listLiveTrades(deps.db, venue.name, accountId),
    findOwn(deps, venue, accountId, open),
  ]);
  return {
    positions: account.positions,
    stops,
    resting,
    trades: trades.map((trade): BookedTrade => ({
      tradeId: trade.id,
      phase: trade.phase,
      symbol: trade.symbol,
      side: trade.side,
      remainingSize: trade.remainingSize ?? '0',
      stopOrder: live.get(trade.id)?.clientOrderId ?? null,
    })),
  };
}

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
