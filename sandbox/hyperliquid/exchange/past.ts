import type { Account } from '../accounts/account.ts';
import type { AccountReads } from './account-reads.ts';
import type { Changes } from './changes.ts';
import type { Order } from '../orders/order.ts';
import type { Exchange } from './exchange.ts';

interface Version<T> {
  readonly atMs: number;
  readonly value: T;
}

/** Earlier versions of accounts and orders, kept only while a fault makes reads lag. */
export class Past {
  readonly #exchange: Exchange;
  readonly #accounts = new Map<string, Version<Account>[]>();
  readonly #orders = new Map<number, Version<Order>[]>();
  #sinceMs: number | null = null;
  #keepMs = 0;

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
  }

  /** Starts to keep versions for `keepMs`, the present ones first; a recording that runs goes on. */
  begin(keepMs: number, nowMs: number): void {
    this.#keepMs = Math.max(this.#keepMs, keepMs);
    if (this.#sinceMs !== null) return;
    this.#sinceMs = nowMs;
    for (const account of this.#exchange.accounts.values()) this.#keepAccount(account, nowMs);
    for (const order of this.#exchange.orders.values()) this.#keepOrder(order, nowMs);
  }

  /** Keeps what a commit changed; forgets everything once no fault needs it. */
  record({ accounts, orders }: Changes, nowMs: number): void {
    if (this.#sinceMs === null) return;
    if (!this.#exchange.faults.list().some(({ kind }) => kind === 'stale')) return this.#end();
    for (const account of accounts) this.#keepAccount(account, nowMs);
    for (const order of orders) this.#keepOrder(order, nowMs);
  }

  /** Returns the venue as it was at `atMs`, or when the recording began where that was later. */
  at(atMs: number): AccountReads {
    const moment = Math.max(atMs, this.#sinceMs ?? 0);
    const order = (oid: number): Order | undefined => versionAt(this.#orders.get(oid), moment);
    return {
      atMs: moment,
      account: (address) => versionAt(this.#accounts.get(address.toLowerCase()), moment),
      order,
      openOrders: ({ openOids }) => [...openOids].flatMap((oid) => order(oid) ?? []),
      childrenOf: (oid) =>
        [...this.#orders.keys()].flatMap((child) => {
          const held = order(child);
          return held?.parentOid === oid ? held : [];
        }),
    };
  }

  #end(): void {
    this.#sinceMs = null;
    this.#keepMs = 0;
    this.#accounts.clear();
    this.#orders.clear();
  }

  #keepAccount(account: Account, nowMs: number): void {
    keep(this.#accounts, account.address, { atMs: nowMs, value: copyOf(account) }, nowMs - this.#keepMs);
  }

  #keepOrder(order: Order, nowMs: number): void {
    keep(this.#orders, order.oid, { atMs: nowMs, value: { ...order } }, nowMs - this.#keepMs);
  }
}

/** Adds a version and drops those that no read from `fromMs` on can tell of. */
function keep<K, T>(kept: Map<K, Version<T>[]>, key: K, version: Version<T>, fromMs: number): void {
  const versions = kept.get(key) ?? [];
  versions.push(version);
  while (versions.length > 1 && versions[1]!.atMs <= fromMs) versions.shift();
  kept.set(key, versions);
}

function versionAt<T>(versions: readonly Version<T>[] | undefined, atMs: number): T | undefined {
  return versions?.findLast((version) => version.atMs <= atMs)?.value;
}

function copyOf(account: Account): Account {
  return {
    ...account,
    positions: new Map([...account.positions].map(([asset, position]) => [asset, { ...position }])),
    leverage: new Map(account.leverage),
    builderFees: new Map(account.builderFees),
    fills: [...account.fills],
    fundings: [...account.fundings],
    ledger: [...account.ledger],
    openOids: new Set(account.openOids),
    history: [...account.history],
    oidByCloid: new Map(account.oidByCloid),
  };
}
