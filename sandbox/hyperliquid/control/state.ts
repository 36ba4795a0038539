import type { OrderLog } from '../actions/order-log.ts';
import type { Account } from '../accounts/account.ts';
import { summarise, unrealisedPnl } from '../accounts/margin.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Fault } from '../exchange/faults.ts';
import type { StreamHub } from '../streams/hub.ts';
import { ZERO, toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Feed } from '../../feeds/feed.ts';

/** Totals of an account in USD. Exactly: accountValue = deposited + closedPnl - fees + funding + unrealisedPnl. */
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
  /** The error that ended the prices, null without one. */
  readonly priceError: string | null;
  readonly feedPosition: unknown;
  readonly faults: readonly Fault[];
}

/** Whether the prices of the feed have ended, and the error that ended them. */
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

/** Returns the marks, the account totals and the state of the price feed. */
export function stateOf({ exchange, feed, prices }: ControlTargets): SandboxState {
  return {
    marks: Object.fromEntries(exchange.markets.map((market) => [market.coin, toWire(market.mark)])),
    accounts: [...exchange.accounts.values()].map((account) => totalsOf(exchange, account)),
    pricesEnded: prices.ended,
    priceError: prices.error,
    feedPosition: feed.position(),
    faults: exchange.faults.list(),
  };
}

function totalsOf(exchange: Exchange, account: Account): AccountTotals {
  return {
    address: account.address,
    accountValue: toWire(summarise(account, exchange.byAsset).accountValue),
    deposited: toWire(account.deposited),
    closedPnl: toWire(account.closedPnl),
    fees: toWire(account.fees),
    funding: toWire(account.funding),
    unrealisedPnl: toWire(unrealisedTotal(exchange, account)),
    openOrders: account.openOids.size,
    fills: account.fills.length,
  };
}

function unrealisedTotal(exchange: Exchange, account: Account): Amount {
  let total: Amount = ZERO;
  for (const [asset, position] of account.positions)
    total = total.add(unrealisedPnl(position, exchange.marketOf(asset).mark));
  return total;
}
