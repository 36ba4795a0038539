import type { Account } from '../accounts/account.ts';
import type { FeeRates } from '../accounts/fee-rates.ts';
import type { LoggedRequest } from '../actions/order-log.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Fault } from '../exchange/faults.ts';
import { deposit } from '../exchange/ledger.ts';
import { pruneAgents } from '../exchange/pruning.ts';
import { parseBar } from '../market/candles.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import type { BookShape } from '../market/synthetic-book.ts';
import { deleverage } from '../matching/deleverage.ts';
import { payFunding } from '../matching/funding.ts';
import { cancelOrder } from '../matching/order-lifecycle.ts';
import { setMark } from '../matching/set-mark.ts';
import { runScheduledCancel } from '../matching/triggers.ts';
import { parseDecimal } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import { CommandError } from '../../errors.ts';
import { preciseNow } from '../../precise-now.ts';
import type { ControlCommand, PastCandle } from './commands.ts';
import { stateOf } from './state.ts';
import type { ControlTargets } from './state.ts';

const DAY_MS = 86_400_000;

/** Performs a control command and returns its result, `{}` if it has none. Throws CommandError for a bad field. */
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
    case 'addCandles':
      return done(exchange, () => addCandles(exchange, marketOf(exchange, command.coin), command.candles));
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
      return done(exchange, () => pruneAgentsOf(exchange, accountOf(exchange, command.address)));
    case 'setFeeRates':
      return done(exchange, () => setFeeRates(exchange, accountOf(exchange, command.address), command.rates));
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
      throw new CommandError(`unknown control command ${JSON.stringify(command)}`);
  }
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

function setBook(exchange: Exchange, market: TradedMarket, book: Partial<BookShape>): void {
  exchange.changes.markets.add(market);
  market.book = { ...market.book, ...book };
}

function addCandles(exchange: Exchange, market: TradedMarket, past: readonly PastCandle[]): void {
  exchange.changes.markets.add(market);
  const bars = past.map((candle) => parseBar({ ...candle, trades: 0 }));
  market.candles.prepend(bars);
  for (const { close, volume } of bars.filter(({ startMs }) => startMs > Date.now() - DAY_MS)) {
    market.dayBase = market.dayBase.add(volume);
    market.dayNotional = market.dayNotional.add(volume.mul(close));
  }
}

function setFundingRate(exchange: Exchange, market: TradedMarket, rate: string): void {
  exchange.changes.markets.add(market);
  market.fundingRate = amountOf(rate);
}

function setOracle(exchange: Exchange, market: TradedMarket, price: string | number | null): void {
  exchange.changes.markets.add(market);
  exchange.changes.ticks.push(market);
  market.ownOracle = price === null ? null : amountOf(price);
}

function setRequests(exchange: Exchange, account: Account, requests: number): void {
  account.requests = requests;
  exchange.touch(account);
}

function setFeeRates(exchange: Exchange, account: Account, rates: Partial<FeeRates>): void {
  account.feeRates = { ...account.feeRates, ...rates };
  exchange.touch(account);
}

function pruneAgentsOf(exchange: Exchange, account: Account): void {
  pruneAgents(account, exchange.nonces);
  exchange.touch(account);
}

function accountOf(exchange: Exchange, address: string): Account {
  const account = exchange.account(address);
  if (!account) throw new CommandError(`unknown account ${address}`);
  return account;
}

function cancelAll(exchange: Exchange, address: string): void {
  const account = exchange.account(address);
  if (account) for (const order of exchange.openOrders(account)) cancelOrder(exchange, order);
}

function marketOf(exchange: Exchange, coin: string): TradedMarket {
  const market = exchange.market(coin);
  if (!market) throw new CommandError(`unknown coin ${coin}`);
  return market;
}

function amountOf(value: string | number): Amount {
  const amount = parseDecimal(String(value));
  if (!amount) throw new CommandError(`not a decimal: ${value}`);
  return amount;
}
