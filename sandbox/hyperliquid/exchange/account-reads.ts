import type { Account } from '../accounts/account.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from './exchange.ts';

/** Kinds of reads that can lag apart from each other, by the info request's type. */
export const READ_KINDS: Readonly<Record<string, ReadKind>> = {
  userFills: 'fills',
  userFillsByTime: 'fills',
  clearinghouseState: 'account',
  spotClearinghouseState: 'account',
  openOrders: 'openOrders',
  frontendOpenOrders: 'openOrders',
  orderStatus: 'status',
  historicalOrders: 'status',
  userFunding: 'funding',
  userNonFundingLedgerUpdates: 'funding',
};

export type ReadKind = 'fills' | 'account' | 'openOrders' | 'status' | 'funding';

/** What info requests about accounts and orders are answered from, as of one moment. */
export interface AccountReads {
  /** The moment that is told of, in epoch milliseconds. */
  readonly atMs: number;
  /** Returns the account of an address, undefined where there was none. */
  account(address: string): Account | undefined;
  /** Returns an order, undefined where it did not exist. */
  order(oid: number): Order | undefined;
  /** Returns the open orders of an account, oldest first. */
  openOrders(account: Account): Order[];
  /** Returns the orders held back until this one is filled. */
  childrenOf(oid: number): readonly Order[];
}

/** Reads of the venue as it is. */
export class PresentReads implements AccountReads {
  readonly atMs = Date.now();
  readonly #exchange: Exchange;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  account(address: string): Account | undefined {
    return this.#exchange.account(address);
  }

  order(oid: number): Order | undefined {
    return this.#exchange.orders.get(oid);
  }

  openOrders(account: Account): Order[] {
    return this.#exchange.openOrders(account);
  }

  childrenOf(oid: number): readonly Order[] {
    return this.#exchange.childrenOf.get(oid) ?? [];
  }
}
