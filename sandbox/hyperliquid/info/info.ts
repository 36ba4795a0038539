import type { Account } from '../accounts/account.ts';
import { newAccount } from '../accounts/account.ts';
import type { AccountReads } from '../exchange/account-reads.ts';
import { toWire } from '../wire/amounts.ts';
import { dexOf, perpDexs } from '../market/built-markets.ts';
import { INTERVAL_MS } from '../market/candles.ts';
import { UnreadableRequest } from '../wire/refusals.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { frontendOrderWire, openOrderWire } from '../orders/order-wire.ts';
import type { Order } from '../orders/order.ts';
import { SPOT_META } from '../market/universe.ts';
import type { Exchange } from '../exchange/exchange.ts';
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
import type { WireFill } from '../wire/rows.ts';
import { requestCap } from '../accounts/request-budget.ts';

type Query = Record<string, unknown>;
type Handler = (exchange: Exchange, query: Query, reads: AccountReads) => unknown;

const FILL_PAGE = 2_000;
const FUNDING_PAGE = 500;
const LEDGER_PAGE = 500;
const ORDER_PAGE = 2_000;

/** The answer of `orderStatus` for an unknown order. */
export const UNKNOWN_ORDER = { status: 'unknownOid' };

/** The handler of each type of POST /info. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  meta: (exchange, query) => meta(exchange, parseDex(query)),
  metaAndAssetCtxs: (exchange, query) => metaAndAssetCtxs(exchange, parseDex(query)),
  spotMeta: () => SPOT_META,
  spotMetaAndAssetCtxs: () => [SPOT_META, []],
  outcomeMeta: () => ({ outcomes: [], questions: [] }),
  perpDexs: (exchange) => perpDexs(exchange.options.builtMarkets ?? []),
  allMids: (exchange, query) => allMids(exchange, parseDex(query)),
  l2Book: (exchange, query) => l2Book(requireMarket(exchange, query['coin']), parseGrouping(query)),
  candleSnapshot: (exchange, { req }) => candles(exchange, asRecord(req)),
  fundingHistory: (exchange, { coin, startTime, endTime }) =>
    between(requireMarket(exchange, coin).fundingHistory, startTime, endTime).slice(0, FUNDING_PAGE),
  recentTrades: (exchange, { coin }) => requireMarket(exchange, coin).recentTrades.toReversed(),
  exchangeStatus: () => ({ time: Date.now(), specialStatuses: null }),
  clearinghouseState: (exchange, query, reads) =>
    clearinghouseState(exchange, viewOf(reads, query), parseDex(query), reads.atMs),
  activeAssetData: (exchange, query, reads) =>
    activeAssetData(exchange, viewOf(reads, query), requireMarket(exchange, query['coin'])),
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
  userRole: (exchange, query) => userRole(exchange, parseUser(query)),
  userRateLimit: (_, query, reads) => rateLimit(viewOf(reads, query)),
  userAbstraction: (_, query, reads) => viewOf(reads, query).abstraction,
  extraAgents: (_, query, reads) => extraAgents(viewOf(reads, query)),
  maxBuilderFee: (_, query, reads) =>
    viewOf(reads, query).builderFees.get(String(query['builder']).toLowerCase()) ?? 0,
  subAccounts: (exchange, query) => subAccounts(exchange, parseUser(query)),
  portfolio: () => [],
  referral: (_, query, reads) => referral(viewOf(reads, query)),
  ...ABSENT,
};

/**
 * Returns the answer of one info request. Facts about accounts come from `reads`. Throws UnreadableRequest for an
 * unknown type and for a missing field.
 */
export function answerInfo(exchange: Exchange, body: unknown, reads: AccountReads): unknown {
  const query = asRecord(body);
  const handler = Object.hasOwn(HANDLERS, String(query['type']))
    ? HANDLERS[String(query['type'])]
    : undefined;
  if (!handler) throw new UnreadableRequest();
  return handler(exchange, query, reads);
}

/** Returns the name of the requested builder, empty for the venue's own markets. */
function parseDex({ dex }: Query): string {
  return typeof dex === 'string' ? dex : '';
}

function requireMarket(exchange: Exchange, coin: unknown): TradedMarket {
  const market = exchange.market(coin);
  if (!market) throw new UnreadableRequest();
  return market;
}

function parseUser({ user }: Query): string {
  return asAddress(user);
}

/** Returns the requested account, or an empty one for an address without account, such as an agent's. */
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

function candles(exchange: Exchange, { coin, interval, startTime, endTime }: Query): object[] {
  const market = requireMarket(exchange, coin);
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

function subAccounts(exchange: Exchange, master: string): object[] | null {
  const found = [...exchange.accounts.values()].filter((account) => account.master === master);
  if (found.length === 0) return null;
  return found.map((account) => ({
    name: account.name,
    subAccountUser: account.address,
    master,
    clearinghouseState: clearinghouseState(exchange, account),
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
