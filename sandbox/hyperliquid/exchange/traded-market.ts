import type { Account } from '../accounts/account.ts';
import { Market } from '../market/market.ts';
import { OrderIndex } from '../orders/order-index.ts';

/** A market with the orders and the positions of users in it. */
export class TradedMarket extends Market {
  readonly orders = new OrderIndex();
  /** Accounts that have a position here. */
  readonly holders = new Set<Account>();
  /** Marks at which accounts with a simple position are liquidated; an entry is dropped when its account changes. */
  readonly liquidationMarks = new Map<Account, number>();
}

/** Markets by their asset ids. */
export type TradedMarketsById = ReadonlyMap<number, TradedMarket>;
