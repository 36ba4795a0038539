import type { Account } from '../accounts/account.ts';
import type { AccountReads } from './account-reads.ts';
import type { Changes } from './changes.ts';
import type { Order } from '../orders/order.ts';
import type { FaultPlan } from './faults.ts';

interface Version<T> {
  readonly atMs: number;
  readonly value: T;
}

/** The accounts, orders and faults of now. */
export interface Present {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly orders: ReadonlyMap<number, Order>;
  readonly faults: FaultPlan;
}

/** Earlier versions of accounts and orders, kept only while a fault makes reads lag. */
export class Past {
  readonly #present: Present;
  readonly #accounts = new Map<string, Version<Account>[]>();
  readonly #orders = new Map<number, Version<Order>[]>();
  #sinceMs: number | null = null;
  #keepMs = 0;

  constructor(present: Present) {
    this.#present = present;
  }

  /** Starts to keep versions for `keepMs`, beginning with the present ones. A recording that already runs continues. */
  begin(keepMs: number, nowMs: number): void {
    this.#keepMs = Math.max(this.#keepMs, keepMs);
    if (this.#sinceMs !== null) return;
    this.#sinceMs = nowMs;
    for (const account of this.#present.accounts.values()) this.#keepAccount(account, nowMs);
    for (const order of this.#present.orders.values()) this.#keepOrder(order, nowMs);
  }

  /** Keeps the new versions of everything that a commit changed. Forgets all versions once no fault needs them. */
  record({ accounts, orders }: Changes, nowMs: number): void {
    if (this.#sinceMs === null) return;
    if (!this.#present.faults.list().some(({ kind }) => kind === 'stale')) return this.#end();
    for (const account of accounts) this.#keepAccount(account, nowMs);
    for (const order of orders) this.#keepOrder(order, nowMs);
  }

  /** Returns the accounts and orders of `atMs`, or of the start of the recording if that is later. */
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

/** Adds a version and drops the versions that had ended before `fromMs`. */
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
