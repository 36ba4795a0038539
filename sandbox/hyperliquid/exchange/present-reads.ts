import type { Account } from '../accounts/account.ts';
import type { Order } from '../orders/order.ts';
import type { AccountReads } from './account-reads.ts';
import type { Exchange } from './exchange.ts';

/** Reads of the accounts and orders as they are now. */
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
