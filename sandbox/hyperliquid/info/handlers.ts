import type { Account } from '../account.ts';
import { newAccount } from '../account.ts';
import { toWire } from '../amounts.ts';
import { dexOf, perpDexs } from '../built-markets.ts';
import { INTERVAL_MS } from '../candles.ts';
import { UnreadableRequest } from '../errors.ts';
import type { Market } from '../market.ts';
import { frontendOrderWire, openOrderWire } from '../order-wire.ts';
import { requestCap } from '../rate-limits.ts';
import type { Order, WireFill } from '../types.ts';
import { SPOT_META } from '../universe.ts';
import type { Venue } from '../venue.ts';
import { asAddress, asRecord } from '../wire.ts';
import { clearinghouseState, spotClearinghouseState, userFees, userRole } from './account-info.ts';
import { l2Book, parseGrouping } from './l2-book.ts';
import { allMids, meta, metaAndAssetCtxs } from './market-info.ts';
import { ABSENT } from './absent.ts';

type Query = Record<string, unknown>;
type Handler = (venue: Venue, query: Query) => unknown;

const FILL_PAGE = 2_000;
const FUNDING_PAGE = 500;
const LEDGER_PAGE = 500;
const ORDER_PAGE = 2_000;

/** What the sandbox answers to each type of POST /info. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  meta: (venue, query) => meta(venue, parseDex(query)),
  metaAndAssetCtxs: (venue, query) => metaAndAssetCtxs(venue, parseDex(query)),
  spotMeta: () => SPOT_META,
  spotMetaAndAssetCtxs: () => [SPOT_META, []],
  outcomeMeta: () => ({ outcomes: [], questions: [] }),
  perpDexs: (venue) => perpDexs(venue.options.builtMarkets ?? []),
  allMids: (venue, query) => allMids(venue, parseDex(query)),
  l2Book: (venue, query) => l2Book(requireMarket(venue, query['coin']), parseGrouping(query)),
  candleSnapshot: (venue, { req }) => candles(venue, asRecord(req)),
  fundingHistory: (venue, { coin, startTime, endTime }) =>
    between(requireMarket(venue, coin).fundingHistory, startTime, endTime).slice(0, FUNDING_PAGE),
  recentTrades: (venue, { coin }) => requireMarket(venue, coin).recentTrades.toReversed(),
  exchangeStatus: () => ({ time: Date.now(), specialStatuses: null }),
  clearinghouseState: (venue, query) => clearinghouseState(venue, viewOf(venue, query), parseDex(query)),
  spotClearinghouseState: (venue, query) => spotClearinghouseState(accountOf(venue, query)),
  openOrders: (venue, query) => listedOrders(venue, query).map(openOrderWire),
  frontendOpenOrders: (venue, query) => listedOrders(venue, query).map((order) => withChildren(venue, order)),
  orderStatus,
  historicalOrders,
  userFills: (venue, query) => viewOf(venue, query).fills.slice(-FILL_PAGE).toReversed(),
  userFillsByTime: (venue, query) => fillsByTime(viewOf(venue, query), query),
  userFunding: (venue, query) =>
    between(viewOf(venue, query).fundings, query['startTime'], query['endTime']).slice(0, FUNDING_PAGE),
  userNonFundingLedgerUpdates: (venue, query) =>
    between(viewOf(venue, query).ledger, query['startTime'], query['endTime']).slice(0, LEDGER_PAGE),
  userFees: (venue, query) => userFees(viewOf(venue, query)),
  userRole: (venue, query) => userRole(venue, parseUser(query)),
  userRateLimit: (venue, query) => rateLimit(viewOf(venue, query)),
  userAbstraction: (venue, query) => viewOf(venue, query).abstraction,
  extraAgents: (venue, query) => extraAgents(viewOf(venue, query)),
  maxBuilderFee: (venue, query) =>
    viewOf(venue, query).builderFees.get(String(query['builder']).toLowerCase()) ?? 0,
  subAccounts: (venue, query) => subAccounts(venue, parseUser(query)),
  portfolio: () => [],
  referral: (venue, query) => referral(viewOf(venue, query)),
  ...ABSENT,
};

/** Answers one info request. Throws UnreadableRequest for an unknown type or a missing field. */
export function answerInfo(venue: Venue, body: unknown): unknown {
  const query = asRecord(body);
  const handler = Object.hasOwn(HANDLERS, String(query['type']))
    ? HANDLERS[String(query['type'])]
    : undefined;
  if (!handler) throw new UnreadableRequest();
  return handler(venue, query);
}

/** Name of the builder whose markets are asked for, empty for the venue's own. */
function parseDex({ dex }: Query): string {
  return typeof dex === 'string' ? dex : '';
}

function requireMarket(venue: Venue, coin: unknown): Market {
  const market = venue.market(coin);
  if (!market) throw new UnreadableRequest();
  return market;
}

function parseUser({ user }: Query): string {
  return asAddress(user);
}

function accountOf(venue: Venue, query: Query): Account | undefined {
  return venue.account(parseUser(query));
}

/** The asked account; for an address that the venue does not know (an agent's, say) an empty one. */
function viewOf(venue: Venue, query: Query): Account {
  return accountOf(venue, query) ?? newAccount(parseUser(query));
}

function listedOrders(venue: Venue, query: Query): Order[] {
  const dex = parseDex(query);
  const open = venue
    .openOrders(viewOf(venue, query))
    .filter(({ phase, coin }) => phase !== 'waiting' && dexOf(coin) === dex);
  return open.sort((a, b) => b.oid - a.oid);
}

function withChildren(venue: Venue, order: Order): object {
  const children = venue.childrenOf.get(order.oid) ?? [];
  return frontendOrderWire(
    order,
    children.filter((child) => child.phase === 'waiting'),
  );
}

function orderStatus(venue: Venue, query: Query): object {
  const account = viewOf(venue, query);
  const id = query['oid'];
  const oid = typeof id === 'number' ? id : account.oidByCloid.get(String(id).toLowerCase());
  const order = oid === undefined ? undefined : venue.orders.get(oid);
  if (order?.user !== account.address) return { status: 'unknownOid' };
  return { status: 'order', order: statusWire(venue, order) };
}

function statusWire(venue: Venue, order: Order): object {
  return { order: withChildren(venue, order), status: order.status, statusTimestamp: order.statusTimestamp };
}

function historicalOrders(venue: Venue, query: Query): object[] {
  const newestFirst = viewOf(venue, query).history.slice(-ORDER_PAGE).toReversed();
  return newestFirst.flatMap((oid) => {
    const order = venue.orders.get(oid);
    return order ? [statusWire(venue, order)] : [];
  });
}

function fillsByTime(account: Account, { startTime, endTime }: Query): WireFill[] {
  return between(account.fills, startTime, endTime).slice(0, FILL_PAGE);
}

function between<T extends { time: number }>(
  entries: readonly T[],
  startTime: unknown,
  endTime: unknown,
): T[] {
  const from = typeof startTime === 'number' ? startTime : 0;
  const to = typeof endTime === 'number' ? endTime : Infinity;
  return entries.filter(({ time }) => time >= from && time <= to);
}

function candles(venue: Venue, { coin, interval, startTime, endTime }: Query): object[] {
  const market = requireMarket(venue, coin);
  if (!Object.hasOwn(INTERVAL_MS, String(interval))) throw new UnreadableRequest();
  const to = typeof endTime === 'number' ? endTime : Date.now();
  return market.candles.snapshot(market.coin, String(interval), Number(startTime), to);
}

function extraAgents(account: Account): object[] {
  return account.agents
    .filter(({ name, validUntil }) => name !== '' && validUntil > Date.now())
    .map(({ name, address, validUntil }) => ({ name, address, validUntil }));
}

function rateLimit(account: Account): object {
  return {
    cumVlm: account.volume.toFixed(2),
    nRequestsUsed: account.requests,
    nRequestsCap: requestCap(account, 'order'),
    nRequestsSurplus: 0,
  };
}

function subAccounts(venue: Venue, master: string): object[] | null {
  const found = [...venue.accounts.values()].filter((account) => account.master === master);
  if (found.length === 0) return null;
  return found.map((account) => ({
    name: account.name,
    subAccountUser: account.address,
    master,
    clearinghouseState: clearinghouseState(venue, account),
    spotState: spotClearinghouseState(account),
  }));
}

function referral(account: Account): object {
  return {
    referredBy: null,
    cumVlm: toWire(account.volume),
    unclaimedRewards: '0.0',
    claimedRewards: '0.0',
    builderRewards: '0.0',
    referrerState: { stage: 'needToTrade', data: { required: '10000.0' } },
    rewardHistory: [],
    tokenToState: [],
  };
}
