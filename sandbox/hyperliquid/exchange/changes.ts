import type { Account } from '../accounts/account.ts';
import type { Market, TradePrint } from '../market/market.ts';
import type { Order } from '../orders/order.ts';
import type { WireFill, WireFunding, WireLedgerEntry } from '../wire/rows.ts';

export interface OrderUpdate {
  readonly order: object;
  readonly status: string;
  readonly statusTimestamp: number;
}

/** Everything that one action or one price tick changed. The state file and the streams receive it, in that order. */
export interface Changes {
  readonly accounts: Set<Account>;
  readonly orders: Set<Order>;
  readonly markets: Set<Market>;
  /** Markets whose mark was set, in the order of the ticks. */
  readonly ticks: Market[];
  readonly fills: { account: Account; fill: WireFill }[];
  readonly fundings: { account: Account; funding: WireFunding }[];
  readonly ledger: { account: Account; entry: WireLedgerEntry }[];
  readonly updates: { account: Account; update: OrderUpdate }[];
  readonly events: { account: Account; event: object }[];
  readonly prints: TradePrint[];
  readonly nonces: [string, number][];
}

/** Returns a set of changes with nothing in it. */
export function noChanges(): Changes {
  return {
    accounts: new Set(),
    orders: new Set(),
    markets: new Set(),
    ticks: [],
    fills: [],
    fundings: [],
    ledger: [],
    updates: [],
    events: [],
    prints: [],
    nonces: [],
  };
}
