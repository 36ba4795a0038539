import type { Account } from '../accounts/account.ts';
import { newAccount } from '../accounts/account.ts';
import type { AccountReads } from '../exchange/account-reads.ts';
import { toWire } from '../wire/amounts.ts';
import { dexOf, perpDexs } from '../market/built-markets.ts';
import { INTERVAL_MS } from '../market/candles.ts';
import { UnreadableRequest } from '../wire/refusals.ts';
import type { Market } from '../market/market.ts';
import { frontendOrderWire, openOrderWire } from '../orders/order-wire.ts';
import { requestCap } from '../http/rate-limits.ts';
import type { Order, WireFill } from '../orders/order.ts';
import { SPOT_META } from '../market/universe.ts';
import type { Venue } from '../exchange/exchange.ts';
import { asAddress, asRecord } from '../wire/fields.ts';
import {
  activeAssetData,
  clearinghouseState,
  spotClearinghouseState,
  userFees,
  userRole,
} from './account-info.ts';
import { l2Book, parseGrouping } from './l2-book.ts';
import { allMids, meta, metaAndAssetCtxs } from './market-info.ts';
import { ABSENT } from './absent.ts';

type Query = Record<string, unknown>;
type Handler = (venue: Venue, query: Query, reads: AccountReads) => unknown;

const FILL_PAGE = 2_000;
const FUNDING_PAGE = 500;
const LEDGER_PAGE = 500;
const ORDER_PAGE = 2_000;

/** The answer of `orderStatus` about an order that the venue does not know. */
export const UNKNOWN_ORDER = { status: 'unknownOid' };

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
  clearinghouseState: (venue, query, reads) =>
    clearinghouseState(venue, viewOf(reads, query), parseDex(query), reads.atMs),
  activeAssetData: (venue, query, reads) =>
    activeAssetData(venue, viewOf(reads, query), requireMarket(venue, query['coin'])),
  spotClearinghouseState: (_, query, reads) => spotClearinghouseState(reads.account(parseUser(query))),
  openOrders: (_, query, reads) => listedOrders(reads, query).map(openOrderWire),
  frontendOpenOrders: (_, query, reads) =>
    listedOrders(reads, query).map((order) => withChildren(reads, order)),
  orderStatus: (_, query, reads) => orderStatus(reads, query),
  historicalOrders: (_, query, reads) => historicalOrders(reads, query),
  userFills: (_, query, reads) => viewOf(reads, query).fills.slice(-FILL_PAGE).toReversed(),
  userFillsByTime: (_, query, reads) => fillsByTime(viewOf(reads, query), query),
  userFunding: (_, query, reads) =>
    between(viewOf(reads, query).fundings, query['startTime'], query['endTime']).slice(0, FUNDING_PAGE),
  userNonFundingLedgerUpdates: (_, query, reads) =>
    between(viewOf(reads, query).ledger, query['startTime'], query['endTime']).slice(0, LEDGER_PAGE),
  userFees: (_, query, reads) => userFees(viewOf(reads, query)),
  userRole: (venue, query) => userRole(venue, parseUser(query)),
  userRateLimit: (_, query, reads) => rateLimit(viewOf(reads, query)),
  userAbstraction: (_, query, reads) => viewOf(reads, query).abstraction,
  extraAgents: (_, query, reads) => extraAgents(viewOf(reads, query)),
  maxBuilderFee: (_, query, reads) =>
    viewOf(reads, query).builderFees.get(String(query['builder']).toLowerCase()) ?? 0,
  subAccounts: (venue, query) => subAccounts(venue, parseUser(query)),
  portfolio: () => [],
  referral: (_, query, reads) => referral(viewOf(reads, query)),
  ...ABSENT,
};

/** Answers one info request, about accounts from `reads`. Throws UnreadableRequest for an unknown type or a missing field. */
export function answerInfo(venue: Venue, body: unknown, reads: AccountReads): unknown {
  const query = asRecord(body);
  const handler = Object.hasOwn(HANDLERS, String(query['type']))
    ? HANDLERS[String(query['type'])]
    : undefined;
  if (!handler) throw new UnreadableRequest();
  return handler(venue, query, reads);
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

/** The asked account; for an address that the venue does not know (an agent's, say) an empty one. */
function viewOf(reads: AccountReads, query: Query): Account {
  return reads.account(parseUser(query)) ?? newAccount(parseUser(query));
}

function listedOrders(reads: AccountReads, query: Query): Order[] {
  const dex = parseDex(query);
  const open = reads
    .openOrders(viewOf(reads, query))
    .filter(({ phase, coin }) => phase !== 'waiting' && dexOf(coin) === dex);
  return open.sort((a, b) => b.oid - a.oid);
}

function withChildren(reads: AccountReads, order: Order): object {
  const children = reads.childrenOf(order.oid);
  return frontendOrderWire(
    order,
    children.filter((child) => child.phase === 'waiting'),
  );
}

function orderStatus(reads: AccountReads, query: Query): object {
  const account = viewOf(reads, query);
  const id = query['oid'];
  const oid = typeof id === 'number' ? id : account.oidByCloid.get(String(id).toLowerCase());
  const order = oid === undefined ? undefined : reads.order(oid);
  if (order?.user !== account.address) return UNKNOWN_ORDER;
  return { status: 'order', order: statusWire(reads, order) };
}

function statusWire(reads: AccountReads, order: Order): object {
  return { order: withChildren(reads, order), status: order.status, statusTimestamp: order.statusTimestamp };
}

function historicalOrders(reads: AccountReads, query: Query): object[] {
  const newestFirst = viewOf(reads, query).history.slice(-ORDER_PAGE).toReversed();
  return newestFirst.flatMap((oid) => {
    const order = reads.order(oid);
    return order ? [statusWire(reads, order)] : [];
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
