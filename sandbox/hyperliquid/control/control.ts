import { summarise } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { Amount, parseDecimal, toWire } from '../wire/amounts.ts';
import type { BookShape } from '../market/synthetic-book.ts';
import { deleverage } from '../matching/deleverage.ts';
import { cancelOrder } from '../matching/order-lifecycle.ts';
import type { Fault } from '../exchange/faults.ts';
import { payFunding } from '../matching/funding.ts';
import { deposit } from '../exchange/ledger.ts';
import type { Feed } from '../../feeds/feed.ts';
import type { Market } from '../market/market.ts';
import { preciseNow, type LoggedRequest, type OrderLog } from '../http/order-log.ts';
import { setMark } from '../matching/set-mark.ts';
import { pruneAgents } from '../exchange/pruning.ts';
import type { StreamHub } from '../streams/hub.ts';
import { runScheduledCancel } from '../matching/triggers.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { isRecord } from '../wire/fields.ts';

/** A command that only tests, benches and the demo send; real clients never do. Unknown or malformed ones throw. */
export type ControlCommand =
  /** Deposits USDC, opening the account if needed; a negative amount takes it away. */
  | { type: 'fund'; address: string; usdc: string | number }
  /** Sets a coin's mark price, with everything that follows from it; answers `appliedAt`, by the clock of `orderLog`. */
  | { type: 'setPrice'; coin: string; price: string | number }
  /** Sets several prices one after the other. */
  | { type: 'setPrices'; prices: { coin: string; price: string | number }[] }
  /** Stops and restarts the feed; nothing is skipped. */
  | { type: 'pausePrices' | 'resumePrices' }
  /** Arms a fault (see FaultKind and FaultMatch). */
  | { type: 'fault'; fault: Fault }
  | { type: 'clearFaults' }
  /** Cuts all WebSocket connections. */
  | { type: 'dropSockets' }
  /** Pushes nothing on any WebSocket for a while; what happens meanwhile is lost to them. */
  | { type: 'freezeStreams'; durationMs: number }
  /** Changes the synthetic book of a coin. */
  | { type: 'setBook'; coin: string; book: Partial<BookShape> }
  | { type: 'setFundingRate'; coin: string; rate: string }
  /** Pays one hour of funding now. */
  | { type: 'payFunding' }
  /** Sets the oracle's price apart from the mark; with null they are one again. */
  | { type: 'setOracle'; coin: string; price: string | number | null }
  /** Takes a position, or `size` of it, from its owner at the mark. */
  | { type: 'deleverage'; address: string; coin: string; size?: string | number }
  /** Deregisters an account's agents and forgets their nonces, as the venue may once the account is empty. */
  | { type: 'pruneAgents'; address: string }
  /** Sets how many requests an address has sent so far, of those that its budget allows. */
  | { type: 'setRequests'; address: string; requests: number }
  /** Cancels all open orders of an account, as the venue may do by itself. */
  | { type: 'cancelAll'; address: string }
  /** Runs an account's scheduled cancel if its time has come by `nowMs`. */
  | { type: 'runScheduledCancel'; address: string; nowMs: number }
  /** The exchange requests received, see LoggedRequest. */
  | { type: 'orderLog'; sinceMs?: number; action?: string; limit?: number }
  | { type: 'clearOrderLog' }
  /** Starts to keep everything that happens, see HistoryEvent; `history` returns it. */
  | { type: 'recordHistory' | 'history' }
  /** Marks, account totals, and whether the prices have ended. */
  | { type: 'state' };

/** An account's books to the micro-dollar: value = deposited + closedPnl - fees + funding + unrealisedPnl. */
export interface AccountTotals {
  readonly address: string;
  readonly accountValue: string;
  readonly deposited: string;
  readonly closedPnl: string;
  readonly fees: string;
  readonly funding: string;
  readonly unrealisedPnl: string;
  readonly openOrders: number;
  readonly fills: number;
}

export interface SandboxState {
  readonly marks: Record<string, string>;
  readonly accounts: AccountTotals[];
  readonly pricesEnded: boolean;
  /** Why prices ended early, null when they did not. */
  readonly priceError: string | null;
  readonly feedPosition: unknown;
  readonly faults: readonly Fault[];
}

/** How far the feed is: ended or not, and the error that ended it. */
export interface PriceProgress {
  ended: boolean;
  error: string | null;
}

export interface ControlTargets {
  readonly exchange: Exchange;
  readonly hub: StreamHub;
  readonly feed: Feed;
  readonly orderLog: OrderLog;
  readonly prices: PriceProgress;
}

/** Performs a control command and returns its result, `{}` where there is none. Throws on what it cannot read. */
export function control(targets: ControlTargets, command: ControlCommand): object {
  const { exchange, hub, feed, orderLog } = targets;
  switch (command.type) {
    case 'fund':
      return done(exchange, () => deposit(exchange, command.address, amountOf(command.usdc)));
    case 'setPrice': {
      const appliedAt = preciseNow();
      setMark(exchange, marketOf(exchange, command.coin), amountOf(command.price));
      return { appliedAt };
    }
    case 'setPrices':
      for (const { coin, price } of command.prices)
        setMark(exchange, marketOf(exchange, coin), amountOf(price));
      return {};
    case 'pausePrices':
      feed.pause();
      return {};
    case 'resumePrices':
      feed.resume();
      return {};
    case 'fault':
      armFault(exchange, command.fault);
      return {};
    case 'clearFaults':
      exchange.faults.clear();
      return {};
    case 'dropSockets':
      hub.dropAll();
      return {};
    case 'freezeStreams':
      hub.freeze(command.durationMs);
      return {};
    case 'setBook':
      return done(exchange, () => setBook(exchange, marketOf(exchange, command.coin), command.book));
    case 'setFundingRate':
      return done(exchange, () => setFundingRate(exchange, marketOf(exchange, command.coin), command.rate));
    case 'payFunding':
      payFunding(exchange, Date.now());
      return {};
    case 'setOracle':
      return done(exchange, () => setOracle(exchange, marketOf(exchange, command.coin), command.price));
    case 'deleverage': {
      const { address, coin, size } = command;
      const part = size === undefined ? null : amountOf(size);
      return done(exchange, () =>
        deleverage(exchange, accountOf(exchange, address), marketOf(exchange, coin), part),
      );
    }
    case 'pruneAgents':
      return done(exchange, () => pruneAgents(exchange, accountOf(exchange, command.address)));
    case 'setRequests':
      return done(exchange, () =>
        setRequests(exchange, accountOf(exchange, command.address), command.requests),
      );
    case 'cancelAll':
      return done(exchange, () => cancelAll(exchange, command.address));
    case 'runScheduledCancel':
      return done(exchange, () => runScheduledCancel(exchange, command.address.toLowerCase(), command.nowMs));
    case 'orderLog':
      return { requests: orderLog.list(command) satisfies LoggedRequest[] };
    case 'clearOrderLog':
      orderLog.clear();
      return {};
    case 'recordHistory':
      exchange.history.record();
      return {};
    case 'history':
      return { events: exchange.history.list() };
    case 'state':
      return stateOf(targets);
    default:
      throw new TypeError(`unknown control command ${JSON.stringify(command)}`);
  }
}

/** Reads a command from JSON. Throws TypeError for what is no command; fields are read as the command runs. */
export function parseCommand(body: unknown): ControlCommand {
  if (!isRecord(body) || typeof body['type'] !== 'string') throw new TypeError('not a control command');
  // Local tooling only: a wrong field fails where it is used.
  return body as unknown as ControlCommand; // oxlint-disable-line typescript/no-unsafe-type-assertion
}

function done(exchange: Exchange, change: () => void): object {
  change();
  exchange.commit();
  return {};
}

function armFault(exchange: Exchange, fault: Fault): void {
  exchange.faults.add(fault);
  if (fault.kind === 'stale') exchange.past.begin(fault.ms, Date.now());
}

function setBook(exchange: Exchange, market: Market, book: Partial<BookShape>): void {
  exchange.changes.markets.add(market);
  market.book = { ...market.book, ...book };
}

function setFundingRate(exchange: Exchange, market: Market, rate: string): void {
  exchange.changes.markets.add(market);
  market.fundingRate = amountOf(rate);
}

function setOracle(exchange: Exchange, market: Market, price: string | number | null): void {
  exchange.changes.markets.add(market);
  exchange.changes.ticks.push(market);
  market.ownOracle = price === null ? null : amountOf(price);
}

function setRequests(exchange: Exchange, account: Account, requests: number): void {
  account.requests = requests;
  exchange.touch(account);
}

function accountOf(exchange: Exchange, address: string): Account {
  const account = exchange.account(address);
  if (!account) throw new TypeError(`unknown account ${address}`);
  return account;
}

function cancelAll(exchange: Exchange, address: string): void {
  const account = exchange.account(address);
  if (account) for (const order of exchange.openOrders(account)) cancelOrder(exchange, order);
}

function marketOf(exchange: Exchange, coin: string): Market {
  const market = exchange.market(coin);
  if (!market) throw new TypeError(`unknown coin ${coin}`);
  return market;
}

function amountOf(value: string | number): Amount {
  const amount = parseDecimal(String(value));
  if (!amount) throw new TypeError(`not a decimal: ${value}`);
  return amount;
}

/** The sandbox's books and prices as they stand. */
export function stateOf({ exchange, feed, prices }: ControlTargets): SandboxState {
  return {
    marks: Object.fromEntries(exchange.markets.map((market) => [market.coin, toWire(market.mark)])),
    accounts: [...exchange.accounts.values()].map((account) => {
      const { accountValue } = summarise(account, exchange.byAsset);
      return {
        address: account.address,
        accountValue: toWire(accountValue),
        deposited: toWire(account.deposited),
        closedPnl: toWire(account.closedPnl),
        fees: toWire(account.fees),
        funding: toWire(account.funding),
        unrealisedPnl: toWire(unrealisedTotal(exchange, account)),
        openOrders: account.openOids.size,
        fills: account.fills.length,
      };
    }),
    pricesEnded: prices.ended,
    priceError: prices.error,
    feedPosition: feed.position(),
    faults: exchange.faults.list(),
  };
}

function unrealisedTotal(
  exchange: Exchange,
  account: { positions: ReadonlyMap<number, { szi: Amount; cost: Amount }> },
): Amount {
  let total: Amount = new Amount(0);
  for (const [asset, { szi, cost }] of account.positions)
    total = total.add(szi.mul(exchange.marketOf(asset).mark).sub(cost));
  return total;
}
