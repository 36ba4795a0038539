import type { Account } from '../accounts/account.ts';
import type { Order } from '../orders/order.ts';

/** The kind of each info request about an account. A fault can let the kinds lag independently. */
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

/** The accounts and orders of one moment, from which info requests are answered. */
export interface AccountReads {
  /** The moment that is described, in epoch milliseconds. */
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
