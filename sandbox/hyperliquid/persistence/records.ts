import { newAccount } from '../accounts/account.ts';
import type { Account, Position } from '../accounts/account.ts';
import { LOWEST_TIER } from '../accounts/fee-rates.ts';
import { Amount } from '../wire/amounts.ts';
import { parseBar } from '../market/candles.ts';
import type { Market } from '../market/market.ts';
import type { Order } from '../orders/order.ts';
import type { Changes } from '../exchange/changes.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { WireFill, WireFunding, WireLedgerEntry } from '../wire/rows.ts';

/** One line of the state file: the new state of everything that one commit changed. */
export interface StateRecord {
  readonly oid: number;
  readonly tid: number;
  readonly accounts?: object[];
  /** Amounts in these orders are strings after reading. */
  readonly orders?: Order[];
  readonly fills?: [string, WireFill][];
  readonly fundings?: [string, WireFunding][];
  readonly ledger?: [string, WireLedgerEntry][];
  readonly nonces?: [string, number][];
  readonly markets?: object[];
  /** Position of the price feed. */
  readonly feed?: unknown;
}

/** Returns the record of a commit, undefined if it changed nothing that the file keeps. */
export function recordOf(exchange: Exchange, changes: Changes): StateRecord | undefined {
  const { accounts, orders, fills, fundings, ledger, nonces, markets } = changes;
  const parts = {
    ...(accounts.size > 0 && { accounts: [...accounts].map(accountRecord) }),
    ...(orders.size > 0 && { orders: [...orders] }),
    ...(fills.length > 0 && {
      fills: fills.map(({ account, fill }): [string, WireFill] => [account.address, fill]),
    }),
    ...(fundings.length > 0 && {
      fundings: fundings.map(({ account, funding }): [string, WireFunding] => [account.address, funding]),
    }),
    ...(ledger.length > 0 && {
      ledger: ledger.map(({ account, entry }): [string, WireLedgerEntry] => [account.address, entry]),
    }),
    ...(nonces.length > 0 && { nonces }),
    ...(markets.size > 0 && { markets: [...markets].map((market) => marketRecord(market, false)) }),
  };
  if (Object.keys(parts).length === 0) return undefined;
  return { oid: exchange.nextOid, tid: exchange.nextTid, ...parts };
}

/** Yields records that together hold the whole state, for a new file. */
export function* wholeState(exchange: Exchange, feed: unknown): Generator<StateRecord> {
  const ids = { oid: exchange.nextOid, tid: exchange.nextTid };
  yield { ...ids, feed, markets: exchange.markets.map((market) => marketRecord(market, true)) };
  yield { ...ids, nonces: [...exchange.nonces.entries()] };
  for (const account of exchange.accounts.values()) {
    const orders = account.history.flatMap((oid) => exchange.orders.get(oid) ?? []);
    const fills = account.fills.map((fill): [string, WireFill] => [account.address, fill]);
    const fundings = account.fundings.map((funding): [string, WireFunding] => [account.address, funding]);
    const ledger = account.ledger.map((each): [string, WireLedgerEntry] => [account.address, each]);
    yield { ...ids, accounts: [accountRecord(account)], orders, fills, fundings, ledger };
  }
}

function accountRecord(account: Account): object {
  const { fills: _, fundings: _1, ledger: _2, openOids: _3, history: _4, oidByCloid: _5, ...kept } = account;
  return {
    ...kept,
    positions: [...account.positions],
    leverage: [...account.leverage],
    builderFees: [...account.builderFees],
  };
}

function marketRecord(market: Market, whole: boolean): object {
  const { coin, mark, prevDayPx, dayNotional, dayBase, fundingRate, book, candles } = market;
  const bars = whole ? candles.bars() : [candles.latest()].filter((bar) => bar !== undefined);
  const fundingHistory = whole ? market.fundingHistory : market.fundingHistory.slice(-1);
  return { coin, mark, prevDayPx, dayNotional, dayBase, fundingRate, book, bars, fundingHistory };
}

type Raw = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any

/** Restores one record. Call `rebuild` after the last one. */
export function applyRecord(exchange: Exchange, record: StateRecord): void {
  exchange.nextOid = record.oid;
  exchange.nextTid = record.tid;
  for (const raw of record.accounts ?? []) applyAccount(exchange, raw);
  for (const raw of record.orders ?? []) applyOrder(exchange, raw);
  for (const [address, fill] of record.fills ?? []) exchange.accounts.get(address)?.fills.push(fill);
  for (const [address, funding] of record.fundings ?? [])
    exchange.accounts.get(address)?.fundings.push(funding);
  for (const [address, each] of record.ledger ?? []) exchange.accounts.get(address)?.ledger.push(each);
  for (const [signer, nonce] of record.nonces ?? []) exchange.nonces.restore(signer, nonce);
  for (const raw of record.markets ?? []) applyMarket(exchange, raw);
}

const MONEY = ['cash', 'deposited', 'closedPnl', 'fees', 'funding', 'spotUsd', 'volume'] as const;

function applyAccount(exchange: Exchange, raw: Raw): void {
  const known = exchange.accounts.get(raw['address']);
  const account = known ?? newAccount(raw['address'], raw['master'], raw['name']);
  for (const field of MONEY) account[field] = new Amount(raw[field]);
  account.requests = raw['requests'];
  account.abstraction = raw['abstraction'];
  account.feeRates = raw['feeRates'] ?? LOWEST_TIER;
  account.scheduledCancelAt = raw['scheduledCancelAt'];
  account.agents = raw['agents'];
  account.formerAgents.splice(0, Infinity, ...(raw['formerAgents'] ?? []));
  account.positions.clear();
  for (const [asset, position] of raw['positions']) account.positions.set(asset, parsePosition(position));
  for (const [asset, leverage] of raw['leverage']) account.leverage.set(asset, leverage);
  for (const [builder, fee] of raw['builderFees']) account.builderFees.set(builder, fee);
  exchange.accounts.set(account.address, account);
}

function parsePosition(raw: Raw): Position {
  return {
    szi: new Amount(raw['szi']),
    cost: new Amount(raw['cost']),
    margin: raw['margin'] === null ? null : new Amount(raw['margin']),
    fundingAllTime: new Amount(raw['fundingAllTime']),
    fundingSinceOpen: new Amount(raw['fundingSinceOpen']),
    fundingSinceChange: new Amount(raw['fundingSinceChange']),
  };
}

function applyOrder(exchange: Exchange, raw: Order): void {
  const { trigger } = raw;
  exchange.orders.set(raw.oid, {
    ...raw,
    limitPx: new Amount(raw.limitPx),
    sz: new Amount(raw.sz),
    origSz: new Amount(raw.origSz),
    filledSz: new Amount(raw.filledSz),
    filledNtl: new Amount(raw.filledNtl),
    trigger: trigger && { ...trigger, triggerPx: new Amount(trigger.triggerPx) },
  });
}

function applyMarket(exchange: Exchange, raw: Raw): void {
  const market = exchange.market(raw['coin']);
  if (!market) return;
  market.mark = new Amount(raw['mark']);
  market.prevDayPx = new Amount(raw['prevDayPx']);
  market.dayNotional = new Amount(raw['dayNotional']);
  market.dayBase = new Amount(raw['dayBase']);
  market.fundingRate = new Amount(raw['fundingRate']);
  market.book = raw['book'];
  for (const bar of raw['bars']) market.candles.restore(parseBar(bar));
  const known = market.fundingHistory.at(-1)?.time ?? 0;
  for (const rate of raw['fundingHistory']) if (rate.time > known) market.fundingHistory.push(rate);
}

/** Derives open orders, books, triggers, holders, client ids and agents from the restored accounts and orders. */
export function rebuild(exchange: Exchange): void {
  const orders = [...exchange.orders.values()].sort((a, b) => a.oid - b.oid);
  exchange.orders.clear();
  for (const order of orders) exchange.addOrder(order);
  for (const account of exchange.accounts.values()) {
    for (const asset of account.positions.keys()) exchange.byAsset.get(asset)?.holders.add(account);
    for (const address of [...account.formerAgents, ...account.agents.map((agent) => agent.address)])
      exchange.ownerByAgent.set(address, account.address);
  }
}
